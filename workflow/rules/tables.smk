# Needs: pairs, metrics, settings, histories and benchmarks of finished runs. Makes: results/tables/, tables as TSV and
# pages of them for the report. Target rule `tables` takes the experiments of `run`.
localrules:
    tables,
    tabulate_experiment,
    tabulate_methods,
    summarize_study,


rule tables:
    input:
        "results/tables/summary.html",
        collect("results/tables/{experiment}/tables.html", experiment=study.wanted),
        collect("results/experiments/{experiment}/comparison.tsv", experiment=study.wanted),
        collect(
            "results/tables/{row.experiment}/{row.dataset}/methods.html",
            row=lookup(query="wanted", within=plan.compared),
        ),


rule tabulate_experiment:
    input:
        pairs=collect(
            "results/datasets/{name}/pairs.tsv", name=lookup(within=plan.experiments, dpath="{experiment}/tables")
        ),
        settings=collect(
            "results/runs/{run.dataset}/{run.model}/seed-{run.seed}/settings.json",
            run=lookup(query="experiment == '{experiment}'", within=plan.fits),
        ),
        histories=collect(
            "results/runs/{run.dataset}/{run.model}/seed-{run.seed}/history.tsv",
            run=lookup(query="experiment == '{experiment}'", within=plan.fits),
        ),
        metrics="results/experiments/{experiment}/metrics.tsv",
        paper=str(ROOT / "resources" / "paper.tsv"),
    output:
        datasets="results/tables/{experiment}/datasets.tsv",
        settings="results/tables/{experiment}/settings.tsv",
        scores="results/tables/{experiment}/scores.tsv",
        results="results/tables/{experiment}/results.tsv",
        transfer="results/tables/{experiment}/transfer.tsv",
        paper_items="results/tables/{experiment}/paper_items.tsv",
        page=report(
            "results/tables/{experiment}/tables.html",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="all datasets",
            labels={"figure": "tables: datasets, settings, scores (the paper's Tables 1 and 2)"},
        ),
    log:
        "logs/tabulate_experiment/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        figures=lookup(within=plan.experiments, dpath="{experiment}/figures"),
        drawn=lookup(within=plan.experiments, dpath="{experiment}/drawn"),
        labels=lookup(within=plan.experiments, dpath="{experiment}/labels"),
        caption="Datasets, settings and scores of the experiment, and which items of the paper it makes.",
    message:
        "Make the tables of {wildcards.experiment}"
    script:
        "../../scripts/tabulate_experiment.py"


rule tabulate_methods:
    input:
        scores="results/experiments/{experiment}/metrics.tsv",
        paper=str(ROOT / "resources" / "paper.tsv"),
        settings=collect(
            "results/runs/{run.dataset}/{run.model}/seed-{run.seed}/settings.json",
            run=lookup(query="experiment == '{experiment}' and dataset == '{dataset}'", within=plan.compared),
        ),
        history=collect(
            "results/runs/{run.dataset}/{run.model}/seed-{run.seed}/history.tsv",
            run=lookup(query="experiment == '{experiment}' and dataset == '{dataset}'", within=plan.compared),
        ),
        metrics=collect(
            "results/runs/{run.dataset}/{run.model}/seed-{run.seed}/{run.test_file}.metrics.tsv",
            run=lookup(query="experiment == '{experiment}' and dataset == '{dataset}'", within=plan.compared),
        ),
        train=collect(
            "results/benchmarks/train_model/{run.dataset}/{run.model}/seed-{run.seed}.tsv",
            run=lookup(query="experiment == '{experiment}' and dataset == '{dataset}'", within=plan.compared),
        ),
        predict=collect(
            "results/benchmarks/predict_pairs/{run.dataset}/{run.model}/seed-{run.seed}/{run.test_file}.tsv",
            run=lookup(query="experiment == '{experiment}' and dataset == '{dataset}'", within=plan.compared),
        ),
    output:
        methods="results/tables/{experiment}/{dataset}/methods.tsv",
        costs="results/tables/{experiment}/{dataset}/costs.tsv",
        page=report(
            "results/tables/{experiment}/{dataset}/methods.html",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "table: all methods and their cost (the paper's Table 3)"},
        ),
    log:
        "logs/tabulate_methods/{experiment}/{dataset}.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        fits=lookup(query="experiment == '{experiment}' and dataset == '{dataset}'", within=plan.compared, cols="model"),
        models=lookup(within=plan.experiments, dpath="{experiment}/compared"),
        caption="Every method on the same test rows, and what its training and scoring took.",
    message:
        "Compare the methods of {wildcards.experiment} on {wildcards.dataset}"
    script:
        "../../scripts/tabulate_methods.py"


# What report/workflow.rst shows on the report's first page.
rule summarize_study:
    input:
        metrics=collect("results/experiments/{experiment}/metrics.tsv", experiment=plan.summary["experiment"]),
        audits=collect("results/datasets/{dataset}/audit.tsv", dataset=plan.summary["dataset"]),
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
        rows=plan.summary.to_dict("records"),
        caption="The first model of each experiment and the first of each network of this project, next to what can be "
        "scored without reading the miRNA against the site. "
        "AUC and interval: on the test split, 95 %, (miRNA, gene) pairs bootstrapped. Swap AUC: positives against the "
        "same sites with the miRNA of another positive; 0.5 is what a score gives that only adds a preference for miRNAs "
        "and one for sites.",
    message:
        "Make the report's first page"
    script:
        "../../scripts/summarize_study.py"
