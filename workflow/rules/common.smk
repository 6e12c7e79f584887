# Reads and checks the config once; what rules look up is in `plan`, what the config says in `study`.
import sys

try:
    import psutil
    import yaml
    from snakemake.common.configfile import load_configfile

    from deepmirnatar.sources.downloads import read_registry
    from deepmirnatar.study.keys import config_schema
    from deepmirnatar.study.plan import Plan
    from deepmirnatar.study.schema import check_keys, check_schema
    from deepmirnatar.study.stanzas import merge_stanzas, with_strategies
    from deepmirnatar.study.study import Study
    from workflow import atlas as of_atlas
    from workflow.cluster import check_start, memory, minutes
    from workflow.fingerprint import ROOT, add_fingerprints, fingerprint
    from workflow.functions import FigureInputs, any_of, gpus, lookup
    from workflow.activities import Activities
    from workflow.predictions import Predictions
except ModuleNotFoundError as error:
    sys.exit(
        f"{sys.executable} lacks the package {error.name.partition('.')[0]!r}: activate the environment that `make` "
        "sets up (. .venv/bin/activate), then run snakemake again"
    )

# Paths of results are relative to the working folder, paths of the workflow's own files to the workflow. A config that a
# user's Snakefile hands over is laid over ours.
ours = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
told = [load_configfile(path) for path in workflow.config_settings.configfiles]
config = with_strategies(merge_stanzas(ours, config), [ours, *told, dict(workflow.config_settings.config)])

# Our own check says in one line what Snakemake's says in a page.
try:
    for path in workflow.configfiles:
        check_keys(path)
    check_schema(config, config_schema())
    study = Study(config)
    registry = read_registry(ROOT / "resources" / "sources.tsv")
    plan = Plan(study, [f"resources/downloads/{source}/{file}" for source, file in registry.index])
    figure, predictions, activities = FigureInputs(plan), Predictions(plan), Activities(study)
except ValueError as error:
    sys.exit(f"config: {error}")

gpus_if = gpus(study.device, elsewhere=lambda: not workflow.local_exec)

# On one machine, jobs that would not fit into its memory together wait for each other.
if workflow.nodes is None and "mem_mb" not in workflow.global_resources:
    workflow.register_resource("mem_mb", psutil.virtual_memory().total // 2**20)


wildcard_constraints:
    source=any_of(plan.sources),
    dataset=any_of(study.datasets),
    table=any_of(plan.tables),
    embedding=any_of(study.embeddings),
    model=any_of(study.models),
    experiment=any_of(study.experiments),
    test_set=any_of(plan.test_sets),
    prediction=any_of(study.predictions),
    activity=any_of(study.activity),
    seed=r"\d+",
