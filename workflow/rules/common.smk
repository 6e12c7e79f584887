# Reads and checks the config once; everything that rules look up stands in `study`.
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

from deepmirnatar.downloads import read_registry
from deepmirnatar.experiments import Study
from deepmirnatar.workflow import Lookup

validate(config, "../schemas/config.schema.yaml")

try:
    study = Study(config, Path(workflow.basedir))
except ValueError as error:
    raise WorkflowError(f"config: {error}") from None

registry = read_registry(Path(workflow.basedir) / "resources" / "sources.tsv")
look = Lookup(study, registry)


wildcard_constraints:
    source=look.any_of(look.sources),
    dataset=look.any_of(study.datasets),
    pairs=look.any_of(study.datasets),
    embedding=look.any_of(study.embeddings),
    model=look.any_of(study.models),
    experiment=look.any_of(study.experiments),
    test_set=look.any_of(look.test_sets),
    seed=r"\d+",
