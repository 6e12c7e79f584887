# Needs: metrics and predictions of runs. Makes: results/experiments/{experiment}/, one tidy table of all its metrics, and
# paired differences between its models.
localrules:
    collect_metrics,


rule collect_metrics:
    input:
        look.metrics,
    output:
        "results/experiments/{experiment}/metrics.tsv",
    log:
        "logs/collect_metrics/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    script:
        "../../scripts/collect_metrics.py"


rule compare_models:
    input:
        predictions=look.predictions,
    output:
        "results/experiments/{experiment}/comparison.tsv",
    log:
        "logs/compare_models/{experiment}.log",
    benchmark:
        "results/benchmarks/compare_models/{experiment}.tsv"
    conda:
        "../../envs/data.yaml"
    params:
        runs=look.experiment_runs,
    script:
        "../../scripts/compare_models.py"
