# Needs: runs of `built_in` on `union`, miRBind2's weights, test splits and controls. Makes: results/binding_tests.tsv, how
# they score on binding data that they were not trained on. Target rule `binding_tests`.
localrules:
    binding_tests,


rule binding_tests:
    input:
        "results/binding_tests.tsv",


rule measure_binding:
    input:
        models=[
            *expand("results/runs/union/built_in/seed-{seed}/model.safetensors", seed=[1, 2, 3]),
            "resources/downloads/mirbind2/pairwise_onehot_model_20260105_200141.pt",
        ],
        tests=expand(
            "results/datasets/{dataset}/pairs.tsv",
            dataset=[
                "hejret2023_all",
                "hejret2023",
                "hejret2023_without_false_negatives",
                "grosswendt2014",
                "debiased",
                "parclip48",
            ],
        ),
        controls=expand(
            "results/datasets/{dataset}/controls.tsv",
            dataset=["debiased", "hejret2023", "grosswendt2014"],
        ),
    output:
        "results/binding_tests.tsv",
    log:
        "logs/measure_binding.log",
    benchmark:
        "results/benchmarks/measure_binding.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        labels=[*3 * ["built_in"], "mirbind2"],
        negatives="debiased",
        code=fingerprint(
            ROOT / "scripts" / "measure_binding.py",
            frozenset(["deepmirnatar.predictors.interaction_map", "deepmirnatar.predictors.mirbind2"]),
        ),
    message:
        "Measure binding on data that was not trained on"
    script:
        "../../scripts/measure_binding.py"
