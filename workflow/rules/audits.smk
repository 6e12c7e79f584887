# Needs: runs and controls of their dataset. Makes: the audit of a model, results/runs/{dataset}/{model}/seed-{seed}/audit.tsv,
# its swap AUC in the metrics format, and one figure per model, results/figures/{experiment}/{dataset}/audit_of_{model}.


rule audit_model:
    input:
        controls="results/runs/{dataset}/{model}/seed-{seed}/{dataset}-controls.predictions.tsv",
    output:
        audit="results/runs/{dataset}/{model}/seed-{seed}/audit.tsv",
        metrics="results/runs/{dataset}/{model}/seed-{seed}/{dataset}-controls.metrics.tsv",
    log:
        "logs/audit_model/{dataset}/{model}/seed-{seed}.log",
    benchmark:
        "results/benchmarks/audit_model/{dataset}/{model}/seed-{seed}.tsv"
    conda:
        "../../envs/data.yaml"
    script:
        "../../scripts/audit_model.py"


rule plot_model_audit:
    input:
        audits=inputs.model_audits,
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/audit_of_{model}.svg",
            caption="../report/model_audit.rst",
            category="{experiment}",
            labels={"figure": "audit of {model} on {dataset}"},
        ),
        png="results/figures/{experiment}/{dataset}/audit_of_{model}.png",
    log:
        "logs/plot_model_audit/{experiment}/{dataset}/{model}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        label=lookup(within=study.models, dpath="{model}/label"),
    script:
        "../../scripts/plot_model_audit.py"
