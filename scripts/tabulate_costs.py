"""What each method of Table 3 costs: training and scoring pairs per second, and memory.

Reads the benchmark files of training and scoring, histories, settings and metrics.
"""

import json
from pathlib import Path

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Predictor
from deepmirnatar.tables.study_tables import costs_table


def main(files: dict[str, list[str]], fits: list[tuple], labels: dict[str, str], output: str) -> None:
    """`files`: train, predict, history, settings and metrics, one path per run each; `fits`: (dataset, model, seed)."""
    runs = []
    for number, (_, model, _) in enumerate(fits):
        here = {kind: paths[number] for kind, paths in files.items()}
        about = json.loads(Path(here["settings"]).read_text())
        predictor = load_class(about["model"]["predictor"])
        # Published weights are read, not learned, and most energies and scores have nothing to learn.
        learns = predictor.fit is not Predictor.fit and not about["model"]["settings"].get("weights")
        scores = read_tsv(here["metrics"])
        tables = {kind: read_tsv(here[kind]) for kind in ("train", "predict", "history")}
        area = scores.loc[scores["metric"] == "auroc", "value"]
        runs.append(
            {
                "model": model,
                "label": labels[model],
                "learns": learns,
                "rows_train": about["rows"]["train"],
                "rows_test": int(scores["n"].max()),
                "auroc": float(area.iloc[0]) if len(area) else None,
                **tables,
            }
        )
    write_tsv(costs_table(runs), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    kinds = ("train", "predict", "history", "settings", "metrics")
    main(
        {kind: list(snakemake.input.get(kind)) for kind in kinds},
        snakemake.params.runs,
        snakemake.params.labels,
        snakemake.output[0],
    )
