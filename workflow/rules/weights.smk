# Needs: the run of `built_in` on `union`, and transfections. Makes: results/weights/, what the package ships
# in deepmirnatar/prediction/weights/ (`make weights` copies it there). Target rule `weights`.
localrules:
    weights,
    collect_weights,


rule weights:
    input:
        "results/weights/sites.safetensors",
        "results/weights/seen.safetensors",
        "results/weights/repression.safetensors",


rule fit_repression:
    input:
        tables=inputs.transfections,
        utrs="resources/downloads/transfections/ensembl_utrs.fa",
        mature="resources/downloads/mirbase/mature.fa",
    output:
        weights="results/repression/model.safetensors",
        scores="results/repression/scores.tsv",
    log:
        "logs/fit_repression.log",
    benchmark:
        "results/benchmarks/fit_repression.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(20),
    message:
        "Fit repression on transfections"
    script:
        "../../scripts/fit_repression.py"


rule collect_weights:
    input:
        model="results/runs/union/built_in/seed-1/model.safetensors",
        settings="results/runs/union/built_in/seed-1/settings.json",
        pairs="results/datasets/union/pairs.tsv",
        repression="results/repression/model.safetensors",
    output:
        sites="results/weights/sites.safetensors",
        seen="results/weights/seen.safetensors",
        repression="results/weights/repression.safetensors",
    log:
        "logs/collect_weights.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    message:
        "Collect the weights that the package ships"
    script:
        "../../scripts/collect_weights.py"
