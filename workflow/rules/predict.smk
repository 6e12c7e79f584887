# Needs: a user's miRNAs and 3'UTRs, and a finished run where a stanza names a model. Makes: results/predictions/{prediction}/,
# candidate sites scored, as a table and as BED, and targets ranked. Target rule `predictions` takes those of `run.predictions`.
localrules:
    predictions,
    summarize_targets,
    plot_targets,
    plot_case_study,


rule predictions:
    input:
        expand("results/predictions/{shipped}/genes.tsv", shipped=inputs.wanted_shipped),
        expand("results/predictions/{prediction}/targets.svg", prediction=inputs.wanted_predictions),
        expand(
            "results/predictions/{prediction}/case_study.svg",
            prediction=[name for name in study.case_studies() if name in study.wanted_predictions],
        ),


# With the weights that the package carries, as the command `deepmirnatar predict` does it, in `chunks` parts side by side.
rule read_inputs:
    input:
        unpack(inputs.shipped_inputs),
    output:
        temp("results/predictions/{shipped}/parts/inputs.json"),
    log:
        "logs/read_inputs/{shipped}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(30),
    params:
        files=inputs.shipped_files,
    message:
        "Read the miRNAs and targets of {wildcards.shipped}"
    script:
        "../../scripts/read_inputs.py"


rule score_targets:
    input:
        given="results/predictions/{shipped}/parts/inputs.json",
        known=inputs.shipped_known,
    output:
        sites=temp("results/predictions/{shipped}/parts/{part}.sites.tsv"),
        genes=temp("results/predictions/{shipped}/parts/{part}.genes.tsv"),
    log:
        "logs/score_targets/{shipped}/{part}.log",
    benchmark:
        "results/benchmarks/score_targets/{shipped}/{part}.tsv"
    wildcard_constraints:
        part=r"\d+",
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        known=lookup(within=study.shipped, dpath="{shipped}/known"),
        candidates=lookup(within=study.shipped, dpath="{shipped}/candidates"),
        parts=lookup(within=study.shipped, dpath="{shipped}/chunks"),
        weights=inputs.shipped_weights(),
    message:
        "Score part {wildcards.part} of {wildcards.shipped} with the shipped weights"
    script:
        "../../scripts/score_targets.py"


rule predict_targets:
    input:
        given="results/predictions/{shipped}/parts/inputs.json",
        sites=inputs.shipped_sites,
        genes=inputs.shipped_genes,
    output:
        genes="results/predictions/{shipped}/genes.tsv",
        sites="results/predictions/{shipped}/sites.tsv",
        bed="results/predictions/{shipped}/sites.bed",
        gff="results/predictions/{shipped}/sites.gff3",
        report="results/predictions/{shipped}/report.html",
    log:
        "logs/predict_targets/{shipped}.log",
    benchmark:
        "results/benchmarks/predict_targets/{shipped}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        candidates=lookup(within=study.shipped, dpath="{shipped}/candidates"),
        page=inputs.report_parts(),
    message:
        "Predict the targets of {wildcards.shipped} with the shipped weights"
    script:
        "../../scripts/predict_targets.py"


rule find_sites:
    input:
        unpack(inputs.prediction_inputs),
    output:
        candidates="results/predictions/{prediction}/candidates.tsv",
        tested="results/predictions/{prediction}/tested.tsv",
        utrs="results/predictions/{prediction}/utrs.fa",
    log:
        "logs/find_sites/{prediction}.log",
    benchmark:
        "results/benchmarks/find_sites/{prediction}.tsv"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(30),
    params:
        stanza=inputs.prediction,
    message:
        "Find the candidate sites of {wildcards.prediction}"
    script:
        "../../scripts/find_sites.py"


rule score_sites:
    input:
        unpack(inputs.prediction_run),
        candidates="results/predictions/{prediction}/candidates.tsv",
        features=inputs.prediction_features,
    output:
        sites="results/predictions/{prediction}/sites.tsv",
        bed="results/predictions/{prediction}/sites.bed",
    log:
        "logs/score_sites/{prediction}.log",
    benchmark:
        "results/benchmarks/score_sites/{prediction}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
        gpu=gpus_if(inputs.needs_gpu),
        device=study.device,
    params:
        strands=inputs.strands,
    message:
        "Score the sites of {wildcards.prediction}"
    script:
        "../../scripts/score_sites.py"


rule summarize_targets:
    input:
        sites="results/predictions/{prediction}/sites.tsv",
        tested="results/predictions/{prediction}/tested.tsv",
        utrs="results/predictions/{prediction}/utrs.fa",
        training=inputs.prediction_training,
        known=inputs.known_targets,
    output:
        "results/predictions/{prediction}/targets.tsv",
    log:
        "logs/summarize_targets/{prediction}.log",
    benchmark:
        "results/benchmarks/summarize_targets/{prediction}.tsv"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        orientation=inputs.prediction_orientation,
    message:
        "Rank the targets of {wildcards.prediction}"
    script:
        "../../scripts/summarize_targets.py"


rule plot_targets:
    input:
        targets="results/predictions/{prediction}/targets.tsv",
    output:
        svg=report(
            "results/predictions/{prediction}/targets.svg",
            caption="../report/targets.rst",
            category="predictions",
            subcategory="{prediction}",
            labels={"figure": "predicted targets"},
        ),
        png="results/predictions/{prediction}/targets.png",
    log:
        "logs/plot_targets/{prediction}.log",
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        labels=inputs.prediction_labels,
    message:
        "Draw the targets of {wildcards.prediction}"
    script:
        "../../scripts/plot_targets.py"


rule plot_case_study:
    input:
        targets="results/predictions/{prediction}/targets.tsv",
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
        labels=inputs.prediction_labels,
    message:
        "Draw the case study {wildcards.prediction}"
    script:
        "../../scripts/plot_case_study.py"
