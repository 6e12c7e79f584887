# Reads and checks the config once; everything that rules look up is in `study`.
import sys

try:
    import psutil
    import yaml
    from snakemake.common.configfile import load_configfile

    from deepmirnatar.sources.downloads import read_registry
    from deepmirnatar.study.keys import config_schema
    from deepmirnatar.study.schema import check_keys, check_schema
    from deepmirnatar.study.stanzas import merge_stanzas, with_strategies
    from deepmirnatar.study.study import Study
    from deepmirnatar.tables import TABLES
    from workflow.cluster import check_start, memory, minutes
    from workflow.fingerprint import ROOT, add_fingerprints
    from workflow.inputs import Inputs
except ModuleNotFoundError as error:
    sys.exit(
        f"{sys.executable} lacks the package {error.name.partition('.')[0]!r}: activate the environment that `make` "
        "sets up (. .venv/bin/activate), then run snakemake again"
    )

# Paths of results are relative to the working folder, paths of the workflow's own files to the workflow. A config that a
# user's Snakefile hands over is laid over ours.
ours = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
told = [load_configfile(path) for path in workflow.config_settings.configfiles]
config = with_strategies(merge_stanzas(ours, config), [ours, *told, dict(workflow.config_settings.config)])

# Our own check says in one line what Snakemake's says in a page.
try:
    for path in workflow.configfiles:
        check_keys(path)
    check_schema(config, config_schema())
    study = Study(config)
    registry = read_registry(ROOT / "resources" / "sources.tsv")
    inputs = Inputs(study, registry, elsewhere=lambda: not workflow.local_exec)
except ValueError as error:
    sys.exit(f"config: {error}")

# On one machine, jobs that would not fit into its memory side by side wait for each other.
if workflow.nodes is None and "mem_mb" not in workflow.global_resources:
    workflow.register_resource("mem_mb", psutil.virtual_memory().total // 2**20)


wildcard_constraints:
    source=inputs.any_of(inputs.sources),
    dataset=inputs.any_of(study.datasets),
    pairs=inputs.any_of(inputs.embedded),
    embedding=inputs.any_of(study.embeddings),
    model=inputs.any_of(study.models),
    experiment=inputs.any_of(study.experiments),
    test_set=inputs.any_of(inputs.test_sets),
    prediction=inputs.any_of(study.predictions),
    shipped=inputs.any_of(study.shipped),
    seed=r"\d+",
