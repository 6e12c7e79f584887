# Needs: experiments and whole mRNAs of resources/sources.tsv. Makes: results/repression/model.safetensors, which the
# package ships in deepmirnatar/repression/weights/ (`make weights` copies it there).
EXPERIMENTS = {
    "mrnas": "resources/downloads/dm3loc/modified_multilabel_seq.fasta",
    "hela": "resources/downloads/mcgeary2019/GSE140217_HeLa_transfection_logtpm_batchnormalized.txt",
    "guides": "resources/downloads/mcgeary2019/aav1741_DataS1.xlsx",
    "changes": "resources/downloads/agarwal2015/repress.mat",
    "small_rnas": "resources/downloads/agarwal2015/miRs_training.mat",
    "overexpressions": plan.transfections,
    "mature": "resources/downloads/mirbase/mature.fa",
    "genes": "resources/downloads/targetscan7/TargetScan8_Gene_info.txt",
    "firm": "resources/downloads/isb_firm/isb_firm-1.0.4-py2.py3-none-any.whl",
}


rule fit_repression:
    input:
        **EXPERIMENTS,
    output:
        weights="results/repression/model.safetensors",
        table="results/repression/model.tsv",
        scores="results/repression/scores.tsv",
        predicted="results/repression/left_out.safetensors",
    log:
        "logs/fit_repression.log",
    benchmark:
        "results/benchmarks/fit_repression.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    message:
        "Fit repression on transfections"
    script:
        "../../scripts/fit_repression.py"
