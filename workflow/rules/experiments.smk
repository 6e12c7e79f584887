# Needs: metrics and predictions of runs. Makes: results/experiments/{experiment}/, one tidy table of all its metrics, and
# paired differences between its models.
localrules:
    collect_metrics,


rule collect_metrics:
    input:
        collect(
            "results/runs/{run.dataset}/{run.model}/seed-{run.seed}/{run.test_file}.metrics.tsv",
            run=lookup(query="experiment == '{experiment}'", within=study.runs),
        ),
        collect(
            "results/runs/{run.dataset}/{run.model}/seed-{run.seed}/{run.dataset}-controls.metrics.tsv",
            run=lookup(query="experiment == '{experiment}'", within=study.audits),
        ),
    output:
        "results/experiments/{experiment}/metrics.tsv",
    log:
        "logs/collect_metrics/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    message:
        "Collect the metrics of {wildcards.experiment}"
    script:
        "../../scripts/collect_metrics.py"


rule compare_models:
    input:
        predictions=collect(
            "results/runs/{run.dataset}/{run.model}/seed-{run.seed}/{run.test_file}.predictions.tsv",
            run=lookup(query="experiment == '{experiment}'", within=study.runs),
        ),
    output:
        "results/experiments/{experiment}/comparison.tsv",
    log:
        "logs/compare_models/{experiment}.log",
    benchmark:
        "results/benchmarks/compare_models/{experiment}.tsv"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1200),
        runtime=minutes(20),
    params:
        runs=lookup(within=plan.experiments, dpath="{experiment}/runs"),
    message:
        "Compare the models of {wildcards.experiment}"
    script:
        "../../scripts/compare_models.py"
