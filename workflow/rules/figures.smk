# Needs: metrics, predictions, histories, audits of finished runs. Makes: results/figures/{experiment}/ and results/tables/,
# drawn again without training anything. Target rules `figures` and `tables` take the experiments and predictions of `run`.
localrules:
    figures,
    tables,
    tabulate_scores,
    tabulate_dataset,
    tabulate_settings,
    tabulate_items,


rule figures:
    input:
        inputs.figures(),
        rules.diagrams.input,
        rules.predictions.input,
        "results/figures/rulegraph.svg",


rule tables:
    input:
        inputs.tables(),


rule plot_history:
    input:
        histories=inputs.histories,
    output:
        svg=report(
            "results/figures/{experiment}/loss_history.svg",
            caption="../report/loss_history.rst",
            category="{experiment}",
            labels={"figure": "loss by epoch"},
        ),
        png="results/figures/{experiment}/loss_history.png",
    log:
        "logs/plot_history/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        runs=inputs.experiment_fits,
        labels=inputs.labels,
    script:
        "../../scripts/plot_history.py"


rule plot_datasets:
    input:
        pairs=inputs.experiment_pairs,
    output:
        svg=report(
            "results/figures/{experiment}/datasets.svg",
            caption="../report/datasets.rst",
            category="{experiment}",
            labels={"figure": "dataset overview (Table 1)"},
        ),
        png="results/figures/{experiment}/datasets.png",
    log:
        "logs/plot_datasets/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_datasets.py"


rule plot_audit:
    input:
        audits=inputs.experiment_audits,
        metrics="results/experiments/{experiment}/metrics.tsv",
    output:
        svg=report(
            "results/figures/{experiment}/audit.svg",
            caption="../report/audit.rst",
            category="{experiment}",
            labels={"figure": "audit: shortcuts beside the model"},
        ),
        png="results/figures/{experiment}/audit.png",
    log:
        "logs/plot_audit/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        labels=inputs.labels,
    script:
        "../../scripts/plot_audit.py"


rule plot_rulegraph:
    input:
        rules=inputs.workflow_files,
    output:
        svg=report(
            "results/figures/rulegraph.svg",
            caption="../report/rulegraph.rst",
            category="pipeline",
            labels={"figure": "rule graph"},
        ),
        png="results/figures/rulegraph.png",
    log:
        "logs/plot_rulegraph.log",
    conda:
        "../../envs/plot.yaml"
    params:
        configs=workflow.configfiles,
    script:
        "../../scripts/plot_rulegraph.py"


rule tabulate_dataset:
    input:
        pairs=inputs.experiment_pairs,
    output:
        report(
            "results/tables/{experiment}/datasets.tsv",
            caption="../report/table_of_datasets.rst",
            category="{experiment}",
            labels={"figure": "Table 1"},
        ),
    log:
        "logs/tabulate_dataset/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    script:
        "../../scripts/tabulate_dataset.py"


rule tabulate_scores:
    input:
        metrics="results/experiments/{experiment}/metrics.tsv",
        settings=inputs.settings_files,
    output:
        scores=report(
            "results/tables/{experiment}/scores.tsv",
            caption="../report/scores.rst",
            category="{experiment}",
            labels={"figure": "all scores"},
        ),
        results="results/tables/{experiment}/results.tsv",
    log:
        "logs/tabulate_scores/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    script:
        "../../scripts/tabulate_scores.py"


rule tabulate_settings:
    input:
        settings=inputs.settings_files,
        histories=inputs.histories,
    output:
        report(
            "results/tables/{experiment}/settings.tsv",
            caption="../report/table_of_settings.rst",
            category="{experiment}",
            labels={"figure": "Table 2, settings"},
        ),
    log:
        "logs/tabulate_settings/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    script:
        "../../scripts/tabulate_settings.py"


rule tabulate_items:
    input:
        results="results/tables/{experiment}/results.tsv",
        paper=str(ROOT / "resources" / "paper.tsv"),
    output:
        report(
            "results/tables/{experiment}/items.tsv",
            caption="../report/items.rst",
            category="{experiment}",
            labels={"figure": "the paper, item by item"},
        ),
    log:
        "logs/tabulate_items/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    params:
        figures=inputs.experiment_figures,
    script:
        "../../scripts/tabulate_items.py"
