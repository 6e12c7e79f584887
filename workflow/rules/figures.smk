# Needs: metrics, predictions, histories, audits of finished runs. Makes: results/figures/{experiment}/ and results/tables/,
# drawn again without training anything. Target rules `figures` and `tables` take the experiments of `run`.
localrules:
    figures,
    tables,
    tabulate_scores,
    tabulate_results,
    tabulate_dataset,


rule figures:
    input:
        expand(
            "results/figures/{experiment}/{figure}.svg",
            experiment=study.wanted,
            figure=["figure_11a", "figure_11b", "loss_history", "datasets", "audit"],
        ),
        "results/figures/rulegraph.svg",


rule tables:
    input:
        expand(
            "results/tables/{experiment}/{table}.tsv",
            experiment=study.wanted,
            table=["table_1", "scores", "results"],
        ),
        expand("results/experiments/{experiment}/comparison.tsv", experiment=study.wanted),


rule plot_curves:
    input:
        predictions=look.predictions,
        metrics="results/experiments/{experiment}/metrics.tsv",
        code=look.imports("plots.py"),
    output:
        roc=report(
            "results/figures/{experiment}/figure_11a.svg",
            caption="../report/figure_11a.rst",
            category="{experiment}",
            labels={"figure": "11A, ROC curve"},
        ),
        pr=report(
            "results/figures/{experiment}/figure_11b.svg",
            caption="../report/figure_11b.rst",
            category="{experiment}",
            labels={"figure": "11B, precision-recall curve"},
        ),
        roc_pdf="results/figures/{experiment}/figure_11a.pdf",
        pr_pdf="results/figures/{experiment}/figure_11b.pdf",
        roc_png="results/figures/{experiment}/figure_11a.png",
        pr_png="results/figures/{experiment}/figure_11b.png",
    log:
        "logs/plot_curves/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        runs=look.experiment_runs,
        labels=look.labels,
    script:
        "../../scripts/plot_curves.py"


rule plot_history:
    input:
        histories=look.histories,
        code=look.imports("plots.py"),
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
        code=look.imports("plots.py"),
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
        code=look.imports("plots.py"),
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
        code=look.imports("plots.py"),
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
        code=look.imports("tables.py"),
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
        code=look.imports("tables.py"),
    output:
        report(
            "results/tables/{experiment}/scores.tsv",
            caption="../report/scores.rst",
            category="{experiment}",
            labels={"figure": "all scores"},
        ),
    log:
        "logs/tabulate_scores/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    script:
        "../../scripts/tabulate_scores.py"


rule tabulate_results:
    input:
        metrics="results/experiments/{experiment}/metrics.tsv",
        settings=look.settings_files,
        code=look.imports("tables.py"),
    output:
        "results/tables/{experiment}/results.tsv",
    log:
        "logs/tabulate_results/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    script:
        "../../scripts/tabulate_results.py"
