"""All methods on one dataset: their scores at both thresholds, the paper's, and what each costs.

Reads the experiment's metrics, the paper's printed numbers, and the files of each run.
"""

from deepmirnatar.common.files import atomic, read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.tables.experiments import contestants_table, costs_table, read_settings
from deepmirnatar.tables.html import tables_page


def main(
    metrics: str, paper: str, files: dict[str, list[str]], fits: list[str], models: dict, dataset: str, outputs: dict
) -> None:
    """`files`: settings, and of each run the tables train, predict, history and metrics; `fits`: its model."""
    settings = read_settings(files["settings"])
    done = {"methods": contestants_table(read_tsv(metrics), models, read_tsv(paper), dataset, settings)}
    tables = {kind: [read_tsv(path) for path in paths] for kind, paths in files.items() if kind != "settings"}
    tables |= {"settings": settings, "model": fits}
    runs = [dict(zip(tables, parts, strict=True)) for parts in zip(*tables.values(), strict=True)]
    done["costs"] = costs_table(runs, {name: about["label"] for name, about in models.items()})
    with atomic(outputs["page"]) as part:
        part.write_text(tables_page(dataset, done), encoding="utf-8")
    for name, table in done.items():
        write_tsv(table, outputs[name])


if __name__ == "__main__":
    log_to(snakemake.log[0])
    kinds = ("settings", "train", "predict", "history", "metrics")
    main(
        snakemake.input.scores,
        snakemake.input.paper,
        {kind: list(snakemake.input.get(kind)) for kind in kinds},
        snakemake.params.fits,
        snakemake.params.models,
        snakemake.wildcards.dataset,
        dict(snakemake.output.items()),
    )
