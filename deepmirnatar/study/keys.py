"""The keys of a config, as they may be written: what each means, its default and its range.

The schema is made from these classes, as are the tables of config/README.md. Names and what goes together are checked
by `Study`.
"""

from dataclasses import dataclass

from deepmirnatar.common.settings import ABSENT, schema_of, setting

_UNIQUE, _FILLED = {"uniqueItems": True}, {"minItems": 1}
_SEED = {"least": 0, "most": 2**31 - 1}
_STRATEGY = {"properties": {"strategy": {"type": "string"}}}
_NAMES = {"pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60}


@dataclass
class Machine:
    """Keys at the top level."""

    device: str = setting(
        "auto",
        "`auto` takes a GPU where there is one, `cuda` insists on one, `cpu` never looks; the training log names what "
        "was taken",
        ("auto", "cpu", "cuda"),
    )
    threads: int = setting(
        2,
        "CPU threads of one job that trains, scores or embeds; `--cores` divided by it is the number of parallel jobs",
        least=1,
    )
    mirror: str | None = setting(
        None,
        "a folder or URL prefix that holds `{source}/{file}`, tried before the addresses in `resources/sources.tsv`; "
        "for machines without network",
    )


@dataclass
class Run:
    experiments: list[str] = setting([], "the experiments that plain `snakemake` builds", **_UNIQUE)
    predictions: list[str] = setting(
        [], "the predictions that it builds; `snakemake --cores 2 -- predictions` builds them alone", **_UNIQUE
    )


@dataclass
class Dataset:
    extends: str = setting(ABSENT, "another dataset, whose keys are taken first")
    sources: list[str] = setting([], "registered sources", **_UNIQUE)
    table: str | None = setting(None, "a table of your own")
    note: str = setting("", "a line that is printed under the figures of this dataset")
    columns: dict[str, str] = setting({}, "our column name to yours, such as `{mirna_sequence: mature_seq}`")
    mirna_written: str = setting("5to3", "how your table writes miRNAs; `3to5` are turned", ("5to3", "3to5"))
    orientation: str = setting(
        "corrected",
        "`as_released` keeps each source's own direction of the miRNA, for the faithful run",
        ("corrected", "as_released"),
    )
    duplicates: str = setting(
        "drop", "what happens to repeated rows; counted in `merge_report.tsv` in any case", ("keep", "drop")
    )
    conflicts: str = setting(
        "drop", "what happens to rows of a pair with both labels; counted likewise", ("keep", "drop")
    )
    false_negatives: str = setting(
        "keep",
        "what happens to negatives whose site cluster holds a positive of the same miRNA family in the same split; "
        "counted likewise where they are dropped. Clusters and families are those that the source names, otherwise "
        "sites that share 20 nt, and nt 2-8",
        ("keep", "drop"),
    )
    mirbase: bool = setting(
        True,
        "keep rows whose miRNA's name or sequence is in miRBase 22.1, under its current name; human miRNAs only, so "
        "set `false` for other species. `dropped.tsv` has the reason for every dropped row",
    )
    without_targets: list[str] = setting(
        [],
        "genes to exclude. Removes their rows, and rows whose site matches 20 nt of their 3'UTR, since some releases "
        "give no gene name. Not with `rnacofold` negatives",
        **_UNIQUE,
    )
    apart_from: list[str] = setting(
        [],
        "splits, such as `DATASET:test`; rows whose site shares 20 nt with one of theirs are dropped",
        **_UNIQUE,
    )
    sample: int | None = setting(None, "number of rows to draw at random, for trials", least=1)
    seed: int = setting(1, "random seed of sampling, negatives and split", **_SEED)
    negatives: dict = setting(
        {"strategy": "given"}, "where negatives come from: `strategy`, and its keys; see below", **_STRATEGY
    )
    split: dict = setting(
        {"strategy": "given"}, "what is train, valid and test: `strategy`, and its keys; see below", **_STRATEGY
    )


@dataclass
class Embedding:
    extends: str = setting(ABSENT, "another embedding, whose keys are taken first")
    kind: str = setting(ABSENT, "one of the kinds below")
    strand: str = setting(ABSENT, "which sequence it embeds", ("mirna", "site"))
    seed: int = setting(1, "random seed of what is learned", **_SEED)
    settings: dict = setting({}, "the kind's settings; see below")


@dataclass
class Model:
    extends: str = setting(ABSENT, "another model, whose keys are taken first")
    predictor: str = setting(
        ABSENT, "the file `deepmirnatar/predictors/{predictor}.py`; by default the stanza's own name"
    )
    label: str = setting(ABSENT, "the name in figures and tables; by default the stanza's own name")
    embeddings: dict[str, str] = setting(
        {},
        "one embedding for `mirna` and one for `site`, for predictors that read them",
        keys=("mirna", "site"),
    )
    settings: dict = setting({}, "the predictor's settings; see below")
    sweep: dict[str, list] = setting(
        {},
        "one model per value, such as `{batch_size: [16, 32, 64]}`, named like `papers_network.batch_size-64`; a value "
        "that the model has anyway is the model itself, trained once",
        additionalProperties={"type": "array", **_FILLED},
    )


@dataclass
class Experiment:
    extends: str = setting(ABSENT, "another experiment, whose keys are taken first")
    datasets: list[str] = setting(ABSENT, "each is trained on, and tested on its own test split", **_FILLED, **_UNIQUE)
    models: list[str] = setting([], "models in addition to those that `figures` names")
    figures: dict[str, list[str]] = setting(
        {},
        "which models each figure shows; see below",
        additionalProperties={"type": "array", "items": {"type": "string"}, **_FILLED},
    )
    seeds: list[int] = setting([1], "random seeds; one run each", **_SEED, **_FILLED, **_UNIQUE)
    test_sets: list[str] = setting([], "further test sets, such as `hejret2023:test`", **_UNIQUE)


@dataclass
class Prediction:
    extends: str = setting(ABSENT, "another prediction, whose keys are taken first")
    mirnas: str | list[str] = setting(
        ABSENT, "FASTA of mature miRNAs, 5'->3', or a list of miRBase names", **_FILLED, **_UNIQUE
    )
    targets: str | list[str] = setting(
        ABSENT,
        "FASTA of 3'UTRs or mRNAs, 5'->3'; or a list of gene symbols, whose 3'UTRs are taken from the reference",
        **_FILLED,
        **_UNIQUE,
    )
    annotation: str = setting(
        ABSENT,
        "GTF, GFF3 or BED12 of transcripts, instead of `targets`; mRNAs are cut from `genome`, and sites have genomic "
        "coordinates",
    )
    genome: str = setting(ABSENT, "FASTA of the genome that `annotation` is of")
    transcripts: str = setting(
        ABSENT, "which isoforms of an annotation: `canonical` (the default), `longest`, `all`, or a file of their ids"
    )
    known: str | None = setting(
        ABSENT,
        "table of known pairs that the result marks (columns `mirna`, `gene` and, if you have it, `strong`, 1 or 0); "
        "with genes by name or `random_targets`, miRTarBase's by default",
    )
    chunks: int = setting(1, "parts that the targets are split into, one job each", least=1)
    dataset: str = setting(
        ABSENT, "the data that the model was trained on; leave `dataset` and `model` out for the built-in model alone"
    )
    model: str = setting(ABSENT, "the model that scores every site; it is trained if it is not there")
    seed: int = setting(1, "random seed of the run that scores, and of the background", **_SEED)
    candidates: str = setting(
        "seed_match", "which sites are listed: `seed_match` (6mers and better) or `offset` (offset 6mers as well)"
    )
    random_targets: int = setting(
        0,
        "number of random reference genes to add as background, with a `model`; with them comes a case study",
        least=0,
    )


@dataclass
class Activity:
    extends: str = setting(ABSENT, "another table's stanza, whose keys are taken first")
    table: str = setting(ABSENT, "fold changes as DESeq2, edgeR, limma or Seurat write them, or genes, one a line")
    label: str = setting(ABSENT, "what the report calls the table")
    species: str = setting("human", "whose genes these are")
    mirnas: str | None = setting(None, "FASTA of mature miRNAs, 5'->3', with `targets` instead of a `species`")
    targets: str | None = setting(None, "FASTA of 3'UTRs, 5'->3', named as the genes of the table")
    direction: str = setting(
        "both",
        "`more` names miRNAs that are more active (targets fall), `less` those that are less active, `both` either",
        ("both", "more", "less"),
    )
    expressed: str | None = setting(None, "a file of the miRNAs that may be named, one a line")
    background: str | None = setting(None, "for a list of genes: a file of all genes that could have been on it")
    conserved: bool = setting(False, "name conserved families only")
    quick: bool = setting(False, "count seed sites instead of predicting repression")


STANZAS = {
    "datasets": Dataset,
    "embeddings": Embedding,
    "models": Model,
    "experiments": Experiment,
    "predictions": Prediction,
    "activity": Activity,
}


def config_schema() -> dict:
    """JSON schema of a whole config."""
    properties = {"run": schema_of(Run) | {"required": ["experiments"]}, **schema_of(Machine)["properties"]}
    for name, kind in STANZAS.items():
        properties[name] = {"type": "object", "propertyNames": _NAMES, "additionalProperties": schema_of(kind)}
    needed = ["run", "datasets", "embeddings", "models", "experiments"]
    return {"type": "object", "additionalProperties": False, "required": needed, "properties": properties}
