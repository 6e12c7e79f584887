# Needs: pairs tables. Makes: results/embeddings/{dataset}/{embedding}/, learned on the training split, and the
# vectors of every distinct sequence of each table ({table}) that is trained on or tested with them: a dataset's pairs, or
# its controls ({dataset}.controls).


rule train_word2vec:
    input:
        pairs="results/datasets/{dataset}/pairs.tsv",
    output:
        "results/embeddings/{dataset}/{embedding}/embedder.safetensors",
    log:
        "logs/train_word2vec/{dataset}/{embedding}.log",
    benchmark:
        "results/benchmarks/train_word2vec/{dataset}/{embedding}.tsv"
    wildcard_constraints:
        embedding=any_of(plan.named("embeddings", made_by="train_word2vec")),
    priority: 2  # trainings wait for it
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(20),
    params:
        embedding=lookup(within=study.embeddings, dpath="{embedding}"),
    message:
        "Train {wildcards.embedding} on {wildcards.dataset}"
    script:
        "../../scripts/train_word2vec.py"


rule pretrain_dnabert:
    input:
        pairs="results/datasets/{dataset}/pairs.tsv",
        utrs="results/reference/utrs.tsv",
    output:
        # A finished one is replaced only when the new one is complete.
        embedder=update("results/embeddings/{dataset}/{embedding}/embedder.safetensors"),
        history=update("results/embeddings/{dataset}/{embedding}/history.tsv"),
    log:
        "logs/pretrain_dnabert/{dataset}/{embedding}.log",
    benchmark:
        "results/benchmarks/pretrain_dnabert/{dataset}/{embedding}.tsv"
    wildcard_constraints:
        embedding=any_of(plan.named("embeddings", made_by="pretrain_dnabert")),
    priority: 2  # trainings wait for it
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(4000),
        runtime=minutes(120),
        gpu=gpus_if(True),
        device=study.device,
    params:
        embedding=lookup(within=study.embeddings, dpath="{embedding}"),
        checkpoints="results/checkpoints",
    message:
        "Pre-train {wildcards.embedding} for {wildcards.dataset}"
    script:
        "../../scripts/pretrain_dnabert.py"


rule import_dnabert:
    input:
        pairs="results/datasets/{dataset}/pairs.tsv",
        weights=lookup(within=plan.embeddings, dpath="{embedding}/published"),
    output:
        "results/embeddings/{dataset}/{embedding}/embedder.safetensors",
    log:
        "logs/import_dnabert/{dataset}/{embedding}.log",
    wildcard_constraints:
        embedding=any_of(plan.named("embeddings", made_by="import_dnabert")),
    priority: 2  # trainings wait for it
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(4000),
        runtime=minutes(20),
        gpu=gpus_if(lookup(within=plan.embeddings, dpath="{embedding}/import_gpu")),
        device=study.device,
    params:
        embedding=lookup(within=study.embeddings, dpath="{embedding}"),
    message:
        "Import the published weights of {wildcards.embedding} for {wildcards.dataset}"
    script:
        "../../scripts/import_dnabert.py"


rule embed_sequences:
    input:
        pairs=lookup(within=plan.tables, dpath="{table}"),
        embedder=branch(
            lookup(within=plan.embeddings, dpath="{embedding}/made_by"),
            then=["results/embeddings/{dataset}/{embedding}/embedder.safetensors"],
        ),
    output:
        "results/embeddings/{dataset}/{embedding}/{table}.safetensors",
    log:
        "logs/embed_sequences/{dataset}/{embedding}/{table}.log",
    benchmark:
        "results/benchmarks/embed_sequences/{dataset}/{embedding}/{table}.tsv"
    priority: 2  # trainings wait for it
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(30),
        gpu=gpus_if(lookup(within=plan.embeddings, dpath="{embedding}/gpu")),
        device=study.device,
    params:
        embedding=lookup(within=study.embeddings, dpath="{embedding}"),
    message:
        "Embed the sequences of {wildcards.table} with {wildcards.embedding}"
    script:
        "../../scripts/embed_sequences.py"
