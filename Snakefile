# DeepmiRNATar: microRNA target sites, from downloads to figures. The config names the study;
# sources -> datasets -> embeddings -> runs -> experiments -> figures and report; runs -> predictions for own sequences.
import atexit
import os
import sys

from snakemake.utils import min_version

from workflow.failures import failures
from workflow.fingerprint import ROOT

min_version("9.15")
# Jobs import the library of this clone, whichever is installed.
os.environ.update(PYTHONPATH=os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))


configfile: str(ROOT / "config" / "config.yaml")


include: "workflow/rules/common.smk"
include: "workflow/rules/sources.smk"
include: "workflow/rules/datasets.smk"
include: "workflow/rules/embeddings.smk"
include: "workflow/rules/runs.smk"
include: "workflow/rules/audits.smk"
include: "workflow/rules/experiments.smk"
include: "workflow/rules/explained.smk"
include: "workflow/rules/predict.smk"
include: "workflow/rules/repression.smk"
include: "workflow/rules/atlas.smk"
include: "workflow/rules/repression_benchmark.smk"
include: "workflow/rules/activity.smk"
include: "workflow/rules/binding.smk"
include: "workflow/rules/weights.smk"
include: "workflow/rules/binding_tests.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"


add_fingerprints(workflow.rules, predictions.plug_ins)


report: "workflow/report/workflow.rst"


# Snakemake's own lines come between; what a user needs comes last.
onerror:
    atexit.register(print, *failures(log), sep="\n", file=sys.stderr)


onstart:
    check_start(workflow)


rule all:
    default_target: True
    input:
        rules.figures.input,
        rules.tables.input,
