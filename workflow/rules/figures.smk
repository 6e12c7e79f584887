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
        look.figures(),
        rules.diagrams.input,
        rules.predictions.input,
        "results/figures/rulegraph.svg",


rule tables:
    input:
        look.tables(),


rule plot_history:
    input:
        histories=look.histories,
    output:
        svg=report(
            "results/figures/{experiment}/loss_history.svg",
            caption="../report/loss_history.rst",
            category="{experiment}",
            labels={"figure": "loss by epoch"},
        ),
        pdf="results/figures/{experiment}/loss_history.pdf",
        png="results/figures/{experiment}/loss_history.png",
    log:
        "logs/plot_history/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        runs=look.experiment_fits,
        labels=look.labels,
    script:
        "../../scripts/plot_history.py"


rule plot_datasets:
    input:
        pairs=look.experiment_pairs,
    output:
        svg=report(
            "results/figures/{experiment}/datasets.svg",
            caption="../report/datasets.rst",
            category="{experiment}",
            labels={"figure": "dataset overview (Table 1)"},
        ),
        pdf="results/figures/{experiment}/datasets.pdf",
        png="results/figures/{experiment}/datasets.png",
    log:
        "logs/plot_datasets/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_datasets.py"


rule plot_audit:
    input:
        audits=look.experiment_audits,
        metrics="results/experiments/{experiment}/metrics.tsv",
    output:
        svg=report(
            "results/figures/{experiment}/audit.svg",
            caption="../report/audit.rst",
            category="{experiment}",
            labels={"figure": "audit: shortcuts beside the model"},
        ),
        pdf="results/figures/{experiment}/audit.pdf",
        png="results/figures/{experiment}/audit.png",
    log:
        "logs/plot_audit/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        labels=look.labels,
    script:
        "../../scripts/plot_audit.py"


rule plot_rulegraph:
    input:
        rules=look.workflow_files,
    output:
        svg=report(
            "results/figures/rulegraph.svg",
            caption="../report/rulegraph.rst",
            category="pipeline",
            labels={"figure": "rule graph"},
        ),
        pdf="results/figures/rulegraph.pdf",
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
        pairs=look.experiment_pairs,
    output:
        report(
            "results/tables/{experiment}/table_1.tsv",
            caption="../report/table_1.rst",
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
        settings=look.settings_files,
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
        settings=look.settings_files,
        histories=look.histories,
    output:
        report(
            "results/tables/{experiment}/table_2.tsv",
            caption="../report/table_2.rst",
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
        figures=look.experiment_figures,
    script:
        "../../scripts/tabulate_items.py"
