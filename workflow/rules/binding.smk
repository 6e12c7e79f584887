# Needs: chimeras and whole mRNAs of resources/sources.tsv, the models that the package carries. Makes:
# results/binding/model.safetensors, which the package ships in deepmirnatar/binding/weights/ (`make weights` copies it
# there), and how well it ranks seed matches of a source that it was not fitted on.
rule fit_binding:
    input:
        mrnas="resources/downloads/dm3loc/modified_multilabel_seq.fasta",
        mature="resources/downloads/mirbase/mature.fa",
        helwak2013="resources/downloads/helwak2013/train_set_1_1_CLASH2013_paper.tsv",
        grosswendt2014="resources/downloads/grosswendt2014/grosswendt2014_human_chimeras.csv",
        hejret2023="resources/downloads/mirbench/AGO2_CLASH_Hejret2023_train.tsv",
        repression="results/repression/model.safetensors",
    output:
        weights="results/binding/model.safetensors",
        shares="results/binding/shares.tsv",
        within="results/binding/binding_within_type.tsv",
    log:
        "logs/fit_binding.log",
    benchmark:
        "results/benchmarks/fit_binding.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(2500),
        runtime=minutes(15),
    params:
        seed=1,
    message:
        "Fit binding on chimeras"
    script:
        "../../scripts/fit_binding.py"
