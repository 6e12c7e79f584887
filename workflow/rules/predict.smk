# Needs: a user's miRNAs and targets, and a finished run where a stanza names a model. Makes: results/predictions/{prediction}/,
# candidate sites scored, ranked genes and the report, as the command `deepmirnatar predict` does. Target rule
# `predictions` takes those of `run.predictions`.
localrules:
    predictions,
    write_targets,
    plot_case_study,


rule predictions:
    input:
        expand("results/predictions/{prediction}/genes.tsv", prediction=study.wanted_predictions),
        expand(
            "results/predictions/{prediction}/case_study.svg",
            prediction=[name for name in study.case_studies() if name in study.wanted_predictions],
        ),


# Genes by name, or a background of random genes: from the reference.
rule write_targets:
    input:
        utrs="results/reference/utrs.tsv",
        given=predictions.fasta,
    output:
        fasta="results/predictions/{prediction}/targets.fa",
        groups="results/predictions/{prediction}/targets.tsv",
    log:
        "logs/write_targets/{prediction}.log",
    wildcard_constraints:
        prediction=any_of(study.reference_predictions()),
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        names=predictions.names,
        random=lookup(within=study.predictions, dpath="{prediction}/random_targets"),
        seed=lookup(within=study.predictions, dpath="{prediction}/seed"),
    message:
        "Write the targets of {wildcards.prediction}"
    script:
        "../../scripts/write_targets.py"


rule read_inputs:
    input:
        unpack(predictions.files),
    output:
        temp("results/predictions/{prediction}/parts/inputs.json"),
    log:
        "logs/read_inputs/{prediction}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(30),
    params:
        files=predictions.asked,
    message:
        "Read the miRNAs and targets of {wildcards.prediction}"
    script:
        "../../scripts/read_inputs.py"


rule score_targets:
    input:
        given="results/predictions/{prediction}/parts/inputs.json",
        known=predictions.known,
        run=predictions.run,
    output:
        sites=temp("results/predictions/{prediction}/parts/{part}.sites.tsv"),
        genes=temp("results/predictions/{prediction}/parts/{part}.genes.tsv"),
    log:
        "logs/score_targets/{prediction}/{part}.log",
    benchmark:
        "results/benchmarks/score_targets/{prediction}/{part}.tsv"
    wildcard_constraints:
        part=r"\d+",
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
        gpu=gpus_if(predictions.needs_gpu),
        device=study.device,
    params:
        candidates=lookup(within=study.predictions, dpath="{prediction}/candidates"),
        parts=lookup(within=study.predictions, dpath="{prediction}/chunks"),
        weights=predictions.built_in(),
    message:
        "Score part {wildcards.part} of {wildcards.prediction}"
    script:
        "../../scripts/score_targets.py"


rule predict_targets:
    input:
        given="results/predictions/{prediction}/parts/inputs.json",
        sites=predictions.sites,
        genes=predictions.genes,
        run=predictions.run,
    output:
        genes="results/predictions/{prediction}/genes.tsv",
        sites="results/predictions/{prediction}/sites.tsv",
        bed="results/predictions/{prediction}/sites.bed",
        gff="results/predictions/{prediction}/sites.gff3",
        report="results/predictions/{prediction}/report.html",
    log:
        "logs/predict_targets/{prediction}.log",
    benchmark:
        "results/benchmarks/predict_targets/{prediction}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
        gpu=gpus_if(predictions.needs_gpu),
        device=study.device,
    params:
        candidates=lookup(within=study.predictions, dpath="{prediction}/candidates"),
        page=predictions.page(),
    message:
        "Predict the targets of {wildcards.prediction}"
    script:
        "../../scripts/predict_targets.py"


rule plot_case_study:
    input:
        unpack(predictions.case_study),
    output:
        scores=report(
            "results/predictions/{prediction}/case_study.svg",
            caption="../report/case_study.rst",
            category="predictions",
            subcategory="{prediction}",
            labels={"figure": "case study: scores (the paper's Figure 14)"},
        ),
        groups=report(
            "results/predictions/{prediction}/case_study_groups.svg",
            caption="../report/case_study_groups.rst",
            category="predictions",
            subcategory="{prediction}",
            labels={"figure": "case study: known targets against random genes"},
        ),
        scores_png="results/predictions/{prediction}/case_study.png",
        groups_png="results/predictions/{prediction}/case_study_groups.png",
        pairs="results/predictions/{prediction}/case_study_pairs.tsv",
        numbers="results/predictions/{prediction}/case_study.tsv",
    log:
        "logs/plot_case_study/{prediction}.log",
    wildcard_constraints:
        prediction=any_of(study.case_studies()),
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        mirnas=lookup(within=study.predictions, dpath="{prediction}/mirnas"),
        orientation=predictions.orientation,
        labels=predictions.labels,
    message:
        "Draw the case study {wildcards.prediction}"
    script:
        "../../scripts/plot_case_study.py"
