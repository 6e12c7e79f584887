# Needs: runs and controls of their dataset. Makes: the audit of a model, results/runs/{dataset}/{model}/seed-{seed}/audit.tsv,
# its swap AUC in the metrics format, and one figure per model, results/figures/{experiment}/{dataset}/audit_of_{model}.


rule score_controls:
    input:
        controls="results/datasets/{dataset}/controls.tsv",
        features=look.controls_features,
        model="results/runs/{dataset}/{model}/seed-{seed}/model.safetensors",
        settings="results/runs/{dataset}/{model}/seed-{seed}/settings.json",
    output:
        "results/runs/{dataset}/{model}/seed-{seed}/controls.tsv",
    log:
        "logs/score_controls/{dataset}/{model}/seed-{seed}.log",
    benchmark:
        "results/benchmarks/score_controls/{dataset}/{model}/seed-{seed}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        gpu=look.needs_gpu,
        device=study.device,
    params:
        orientation=lookup(within=study.datasets, dpath="{dataset}/orientation"),
        strands=look.strands,
    script:
        "../../scripts/score_controls.py"


rule audit_model:
    input:
        controls="results/runs/{dataset}/{model}/seed-{seed}/controls.tsv",
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
        audits=look.model_audits,
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/audit_of_{model}.svg",
            caption="../report/model_audit.rst",
            category="{experiment}",
            labels={"figure": "audit of {model} on {dataset}"},
        ),
        pdf="results/figures/{experiment}/{dataset}/audit_of_{model}.pdf",
        png="results/figures/{experiment}/{dataset}/audit_of_{model}.png",
    log:
        "logs/plot_model_audit/{experiment}/{dataset}/{model}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        label=lookup(within=study.models, dpath="{model}/label"),
    script:
        "../../scripts/plot_model_audit.py"
