"""The tables of an experiment: its datasets, settings, scores, transfer between datasets, and the paper item by item.

Reads pairs tables, the experiment's metrics, the runs' settings and histories, and the paper's printed numbers.
"""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import atomic, read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.pairs import read_pairs
from deepmirnatar.tables import TABLES
from deepmirnatar.tables import experiments as tables
from deepmirnatar.tables.html import tables_page


def main(
    files: dict[str, list[str]], experiment: str, figures: dict[str, list[str]], labels: dict[str, str], outputs: dict
) -> None:
    """`files`: pairs, settings, histories (one per settings), metrics and paper; `outputs` by the name of the table."""
    metrics, made = read_tsv(files["metrics"][0]), tables.read_settings(files["settings"])
    results = tables.results_table(metrics, made)
    columns = ["source", "label", "split"]
    datasets = [
        tables.dataset_table(Path(path).parent.name, read_pairs(path, None, columns)) for path in files["pairs"]
    ]
    done = {
        "datasets": pd.concat(datasets, ignore_index=True),
        "settings": tables.settings_table(made, [read_tsv(path) for path in files["histories"]]),
        "scores": tables.scores_table(metrics, made),
        "results": results,
        "transfer": tables.transfer_table(metrics, labels),
        "paper_items": tables.items_table(experiment, figures, results, read_tsv(files["paper"][0])),
    }
    with atomic(outputs.pop("page")) as part:
        part.write_text(
            tables_page(experiment, {name: done[name] for name in outputs if name in TABLES}), encoding="utf-8"
        )
    for name, path in outputs.items():
        write_tsv(done[name], path)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    files = {name: [each] if isinstance(each, str) else each for name, each in snakemake.input.items()}
    main(
        {name: [str(path) for path in each] for name, each in files.items()},
        snakemake.wildcards.experiment,
        snakemake.params.figures,
        snakemake.params.labels,
        dict(snakemake.output.items()),
    )
