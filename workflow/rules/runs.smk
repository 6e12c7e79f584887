# Needs: pairs and embedded sequences. Makes: results/runs/{dataset}/{model}/seed-{seed}/, one folder per trained model,
# keyed by (dataset, model, seed) so that it is trained once however many experiments use it.


rule train_model:
    input:
        pairs="results/datasets/{dataset}/pairs.tsv",
        features=look.training_features,
        weights=look.model_files,
    output:
        model="results/runs/{dataset}/{model}/seed-{seed}/model.safetensors",
        settings="results/runs/{dataset}/{model}/seed-{seed}/settings.json",
        history="results/runs/{dataset}/{model}/seed-{seed}/history.tsv",
    log:
        "logs/train_model/{dataset}/{model}/seed-{seed}.log",
    benchmark:
        "results/benchmarks/train_model/{dataset}/{model}/seed-{seed}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        gpu=look.needs_gpu,
        device=study.device,
    params:
        model=look.fitted_model,
        orientation=lookup(within=study.datasets, dpath="{dataset}/orientation"),
        strands=look.strands,
        checkpoints="results/checkpoints",
    script:
        "../../scripts/train_model.py"


rule predict_pairs:
    input:
        pairs=look.test_pairs,
        features=look.test_features,
        model="results/runs/{dataset}/{model}/seed-{seed}/model.safetensors",
        settings="results/runs/{dataset}/{model}/seed-{seed}/settings.json",
    output:
        "results/runs/{dataset}/{model}/seed-{seed}/{test_set}.predictions.tsv",
    log:
        "logs/predict_pairs/{dataset}/{model}/seed-{seed}/{test_set}.log",
    benchmark:
        "results/benchmarks/predict_pairs/{dataset}/{model}/seed-{seed}/{test_set}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        gpu=look.needs_gpu,
        device=study.device,
    params:
        test_set=look.test_set,
        orientation=look.test_orientation,
        strands=look.strands,
    script:
        "../../scripts/predict_pairs.py"


rule evaluate_predictions:
    input:
        predictions="results/runs/{dataset}/{model}/seed-{seed}/{test_set}.predictions.tsv",
    output:
        "results/runs/{dataset}/{model}/seed-{seed}/{test_set}.metrics.tsv",
    log:
        "logs/evaluate_predictions/{dataset}/{model}/seed-{seed}/{test_set}.log",
    conda:
        "../../envs/data.yaml"
    params:
        test_set=look.test_set,
    script:
        "../../scripts/evaluate_predictions.py"
