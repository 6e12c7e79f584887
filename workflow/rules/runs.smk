# Needs: pairs and embedded sequences. Makes: results/runs/{dataset}/{model}/seed-{seed}/, one folder per trained model,
# keyed by (dataset, model, seed) so that it is trained once however many experiments use it.


rule train_model:
    input:
        pairs="results/datasets/{dataset}/pairs.tsv",
        features=collect(
            "results/embeddings/{{dataset}}/{embedding}/{{dataset}}.safetensors",
            embedding=lookup(within=plan.models, dpath="{model}/embeddings"),
        ),
        weights=lookup(within=plan.models, dpath="{model}/weights"),
    output:
        # A finished model is replaced only when the new one is complete.
        model=update("results/runs/{dataset}/{model}/seed-{seed}/model.safetensors"),
        settings=update("results/runs/{dataset}/{model}/seed-{seed}/settings.json"),
        history=update("results/runs/{dataset}/{model}/seed-{seed}/history.tsv"),
    log:
        "logs/train_model/{dataset}/{model}/seed-{seed}.log",
    benchmark:
        "results/benchmarks/train_model/{dataset}/{model}/seed-{seed}.tsv"
    # Before jobs of seconds, or the longest would be left for the end, where one core works and the others wait.
    priority: 1
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(120),
        gpu=gpus_if(lookup(within=plan.models, dpath="{model}/gpu")),
        device=study.device,
    params:
        model=lookup(within=plan.models, dpath="{model}/fit"),
        orientation=lookup(within=plan.datasets, dpath="{dataset}/orientation"),
        strands=lookup(within=plan.models, dpath="{model}/strands"),
        checkpoints="results/checkpoints",
    message:
        "Train {wildcards.model} on {wildcards.dataset}, seed {wildcards.seed}"
    script:
        "../../scripts/train_model.py"


rule predict_pairs:
    input:
        pairs=lookup(within=plan.test_sets, dpath="{test_set}/file"),
        features=collect(
            "results/embeddings/{{dataset}}/{embedding}/{table}.safetensors",
            embedding=lookup(within=plan.models, dpath="{model}/embeddings"),
            table=lookup(within=plan.test_sets, dpath="{test_set}/table"),
        ),
        model="results/runs/{dataset}/{model}/seed-{seed}/model.safetensors",
        settings="results/runs/{dataset}/{model}/seed-{seed}/settings.json",
    output:
        "results/runs/{dataset}/{model}/seed-{seed}/{test_set}.predictions.tsv",
    log:
        "logs/predict_pairs/{dataset}/{model}/seed-{seed}/{test_set}.log",
    benchmark:
        "results/benchmarks/predict_pairs/{dataset}/{model}/seed-{seed}/{test_set}.tsv"
    group:
        "scoring"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(30, of=40),
        gpu=gpus_if(lookup(within=plan.models, dpath="{model}/gpu")),
        device=study.device,
    params:
        test_set=lookup(within=plan.test_sets, dpath="{test_set}/name"),
        orientation=lookup(within=plan.test_sets, dpath="{test_set}/orientation"),
        strands=lookup(within=plan.models, dpath="{model}/strands"),
    message:
        "Score {wildcards.test_set} with {wildcards.model} of {wildcards.dataset}, seed {wildcards.seed}"
    script:
        "../../scripts/predict_pairs.py"


rule evaluate_predictions:
    input:
        predictions="results/runs/{dataset}/{model}/seed-{seed}/{test_set}.predictions.tsv",
    output:
        "results/runs/{dataset}/{model}/seed-{seed}/{test_set}.metrics.tsv",
    log:
        "logs/evaluate_predictions/{dataset}/{model}/seed-{seed}/{test_set}.log",
    wildcard_constraints:
        test_set=any_of(study.runs["test_file"].unique()),
    group:
        "scoring"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10, of=40),
    params:
        test_set=lookup(within=plan.test_sets, dpath="{test_set}/name"),
    message:
        "Evaluate {wildcards.model} of {wildcards.dataset} on {wildcards.test_set}, seed {wildcards.seed}"
    script:
        "../../scripts/evaluate_predictions.py"
