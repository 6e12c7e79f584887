# Needs: the experiments of `fit_repression`, what others publish of their models. Makes: how well ours (families left out)
# and theirs predict these experiments, results/repression/benchmark.tsv and its summary; and how well the fitted model
# and theirs predict the public test, results/repression/hek.tsv, a target that is asked for by name.


rule score_rivals:
    input:
        **EXPERIMENTS,
        hek="resources/downloads/mcgeary2019/GSE140218_HEK293FT_transfection_logtpm_batchnormalized.txt",
        network="resources/downloads/mcgeary2019/model-100.index",
        network_data="resources/downloads/mcgeary2019/model-100.data-00000-of-00001",
        parameters="resources/downloads/targetscan7/Agarwal_2015_parameters.txt",
        seeds="resources/downloads/targetscan7/TA_SPS_by_seed_region.txt",
    output:
        "results/repression/rivals.safetensors",
    log:
        "logs/score_rivals.log",
    benchmark:
        "results/benchmarks/score_rivals.tsv"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(30),
    message:
        "Predict all experiments with others' models"
    script:
        "../../scripts/score_rivals.py"


rule benchmark_repression:
    input:
        **EXPERIMENTS,
        left_out="results/repression/left_out.safetensors",
        rivals="results/repression/rivals.safetensors",
        earlier=str(ROOT / "resources" / "earlier_repression.tsv"),
    output:
        rows="results/repression/benchmark.tsv",
        summary="results/repression/benchmark_summary.tsv",
        meaning="results/repression/what_a_prediction_means.tsv",
    log:
        "logs/benchmark_repression.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    message:
        "Compare our predictions of repression, families left out, with others'"
    script:
        "../../scripts/benchmark_repression.py"


rule benchmark_hek:
    input:
        **EXPERIMENTS,
        hek="resources/downloads/mcgeary2019/GSE140218_HEK293FT_transfection_logtpm_batchnormalized.txt",
        model="results/repression/model.safetensors",
        rivals="results/repression/rivals.safetensors",
        earlier=str(ROOT / "resources" / "earlier_repression.tsv"),
        targetscan7="resources/downloads/published/targetscan7_hek_predicted.tsv",
        r2="resources/downloads/published/r2_hek.tsv",
    output:
        rows="results/repression/hek.tsv",
        summary="results/repression/hek_summary.tsv",
    log:
        "logs/benchmark_hek.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    message:
        "Predict the public test, HEK293FT, once the model is final"
    script:
        "../../scripts/benchmark_hek.py"
