# Needs: runs and controls of their dataset. Makes: the audit of a model, results/runs/{dataset}/{model}/seed-{seed}/audit.tsv,
# and its swap AUC in the metrics format. The figure of an audit is drawn in figures.smk.


rule audit_model:
    input:
        controls="results/runs/{dataset}/{model}/seed-{seed}/{dataset}-controls.predictions.tsv",
        settings="results/runs/{dataset}/{model}/seed-{seed}/settings.json",
    output:
        audit="results/runs/{dataset}/{model}/seed-{seed}/audit.tsv",
        metrics="results/runs/{dataset}/{model}/seed-{seed}/{dataset}-controls.metrics.tsv",
    log:
        "logs/audit_model/{dataset}/{model}/seed-{seed}.log",
    benchmark:
        "results/benchmarks/audit_model/{dataset}/{model}/seed-{seed}.tsv"
    group:
        "scoring"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1200),
        runtime=minutes(10, of=40),
    message:
        "Audit {wildcards.model} on {wildcards.dataset}, seed {wildcards.seed}"
    script:
        "../../scripts/audit_model.py"
