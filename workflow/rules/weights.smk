# Needs: the run of `built_in` on `union`, repression.smk, binding.smk. Makes: results/weights/, what the package ships
# in deepmirnatar/prediction/weights/ (`make weights` copies it there). Target rule `weights`.
localrules:
    weights,
    collect_weights,


rule weights:
    input:
        "results/weights/sites.safetensors",
        "results/repression/model.safetensors",
        "results/binding/model.safetensors",


rule collect_weights:
    input:
        model="results/runs/union/built_in/seed-1/model.safetensors",
        settings="results/runs/union/built_in/seed-1/settings.json",
        pairs="results/datasets/union/pairs.tsv",
    output:
        sites="results/weights/sites.safetensors",
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
