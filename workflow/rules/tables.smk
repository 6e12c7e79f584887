# Needs: pairs, metrics, settings, histories and benchmarks of finished runs. Makes: results/tables/, each table as TSV and as
# a page of the report. Target rule `tables` takes the experiments of `run`.
localrules:
    tables,
    tabulate_experiment,
    tabulate_methods,
    render_table,
    render_dataset_table,
    summarize_study,


rule tables:
    input:
        inputs.tables(),


rule tabulate_experiment:
    input:
        pairs=inputs.experiment_pairs,
        settings=inputs.settings_files,
        histories=inputs.histories,
        metrics="results/experiments/{experiment}/metrics.tsv",
        paper=str(ROOT / "resources" / "paper.tsv"),
    output:
        datasets="results/tables/{experiment}/datasets.tsv",
        settings="results/tables/{experiment}/settings.tsv",
        scores="results/tables/{experiment}/scores.tsv",
        results="results/tables/{experiment}/results.tsv",
        transfer="results/tables/{experiment}/transfer.tsv",
        paper_items="results/tables/{experiment}/paper_items.tsv",
    log:
        "logs/tabulate_experiment/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        figures=lookup(within=study.experiments, dpath="{experiment}/figures"),
        drawn=inputs.figures_drawn,
        labels=inputs.labels,
    message:
        "Make the tables of {wildcards.experiment}"
    script:
        "../../scripts/tabulate_experiment.py"


rule tabulate_methods:
    input:
        scores="results/experiments/{experiment}/metrics.tsv",
        paper=str(ROOT / "resources" / "paper.tsv"),
        settings=inputs.compared_files("results/runs/{dataset}/{model}/seed-{seed}/settings.json"),
        history=inputs.compared_files("results/runs/{dataset}/{model}/seed-{seed}/history.tsv"),
        metrics=inputs.compared_files("results/runs/{dataset}/{model}/seed-{seed}/{test_file}.metrics.tsv"),
        train=inputs.compared_files("results/benchmarks/train_model/{dataset}/{model}/seed-{seed}.tsv"),
        predict=inputs.compared_files("results/benchmarks/predict_pairs/{dataset}/{model}/seed-{seed}/{test_file}.tsv"),
    output:
        methods="results/tables/{experiment}/{dataset}/methods.tsv",
        costs="results/tables/{experiment}/{dataset}/costs.tsv",
    log:
        "logs/tabulate_methods/{experiment}/{dataset}.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        fits=inputs.compared_fits,
        models=inputs.compared,
    message:
        "Compare the methods of {wildcards.experiment} on {wildcards.dataset}"
    script:
        "../../scripts/tabulate_methods.py"


rule render_table:
    input:
        "results/tables/{experiment}/{table}.tsv",
    output:
        report(
            "results/tables/{experiment}/{table}.html",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="all datasets",
            labels=inputs.table_label,
        ),
    log:
        "logs/render_table/{experiment}/{table}.log",
    wildcard_constraints:
        table=inputs.any_of(TABLES),
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(500),
        runtime=minutes(10),
    params:
        caption=inputs.table_caption,
    message:
        "Make a page of the table {wildcards.table} of {wildcards.experiment}"
    script:
        "../../scripts/render_table.py"


use rule render_table as render_dataset_table with:
    input:
        "results/tables/{experiment}/{dataset}/{table}.tsv",
    output:
        report(
            "results/tables/{experiment}/{dataset}/{table}.html",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels=inputs.table_label,
        ),
    log:
        "logs/render_table/{experiment}/{dataset}/{table}.log",


# What report/workflow.rst shows on the report's first page.
rule summarize_study:
    input:
        unpack(inputs.summarized_files),
    output:
        report(
            "results/tables/summary.html",
            caption="../report/caption.rst",
            category="summary",
            labels={"figure": "verdict and five numbers"},
        ),
    log:
        "logs/summarize_study.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(500),
        runtime=minutes(10),
    params:
        rows=inputs.summarized,
        caption="The first model of each experiment, beside what can be scored without reading the miRNA against the site. "
        "AUC and interval: on the test split, 95 %, (miRNA, gene) pairs bootstrapped. Swap AUC: positives against the "
        "same sites with the miRNA of another positive; 0.5 is what a score gives that only adds a preference for miRNAs "
        "and one for sites.",
    message:
        "Make the report's first page"
    script:
        "../../scripts/summarize_study.py"
