# Needs: metrics, predictions, histories and benchmarks of finished runs. Makes: the paper's figures 8 to 13 and Table 3
# for one dataset of an experiment, in results/figures/{experiment}/{dataset}/, and the transfer matrix of all its
# datasets. Which models each shows stands in the experiment's `figures`.
localrules:
    tabulate_contestants,
    tabulate_costs,
    tabulate_transfer,


rule plot_losses:
    input:
        histories=look.run_files("figure_08", "results/runs/{run}/history.tsv"),
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/figure_08a.svg",
            caption="../report/figure_08a.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "8A, validation loss"},
        ),
        pdf="results/figures/{experiment}/{dataset}/figure_08a.pdf",
        png="results/figures/{experiment}/{dataset}/figure_08a.png",
    log:
        "logs/plot_losses/{experiment}/{dataset}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        runs=look.shown_fits("figure_08"),
        labels=look.labels,
    script:
        "../../scripts/plot_losses.py"


rule plot_scores:
    input:
        metrics="results/experiments/{experiment}/metrics.tsv",
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/{figure}.svg",
            caption="../report/scores_of_models.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "{figure}"},
        ),
        pdf="results/figures/{experiment}/{dataset}/{figure}.pdf",
        png="results/figures/{experiment}/{dataset}/{figure}.png",
    log:
        "logs/plot_scores/{experiment}/{dataset}/{figure}.log",
    wildcard_constraints:
        figure="figure_08b|figure_09|figure_10|figure_12",
    conda:
        "../../envs/plot.yaml"
    params:
        models=look.scores_models,
        labels=look.scores_labels,
    script:
        "../../scripts/plot_scores.py"


rule plot_curves:
    input:
        predictions=look.shown_predictions("figure_11"),
        metrics="results/experiments/{experiment}/metrics.tsv",
    output:
        roc=report(
            "results/figures/{experiment}/{dataset}/figure_11a.svg",
            caption="../report/figure_11a.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "11A, ROC curve"},
        ),
        pr=report(
            "results/figures/{experiment}/{dataset}/figure_11b.svg",
            caption="../report/figure_11b.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "11B, precision-recall curve"},
        ),
        roc_pdf="results/figures/{experiment}/{dataset}/figure_11a.pdf",
        pr_pdf="results/figures/{experiment}/{dataset}/figure_11b.pdf",
        roc_png="results/figures/{experiment}/{dataset}/figure_11a.png",
        pr_png="results/figures/{experiment}/{dataset}/figure_11b.png",
    log:
        "logs/plot_curves/{experiment}/{dataset}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        runs=look.shown_runs("figure_11"),
        labels=look.labels,
    script:
        "../../scripts/plot_curves.py"


rule tabulate_contestants:
    input:
        metrics="results/experiments/{experiment}/metrics.tsv",
        settings=look.settings_files,
        paper=str(ROOT / "resources" / "paper.tsv"),
    output:
        report(
            "results/tables/{experiment}/{dataset}/table_3.tsv",
            caption="../report/table_3.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "Table 3, all methods"},
        ),
    log:
        "logs/tabulate_contestants/{experiment}/{dataset}.log",
    conda:
        "../../envs/data.yaml"
    params:
        models=look.contestants,
    script:
        "../../scripts/tabulate_contestants.py"


rule plot_radar:
    input:
        table="results/tables/{experiment}/{dataset}/table_3.tsv",
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/figure_13.svg",
            caption="../report/figure_13.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "13, six metrics of all methods"},
        ),
        pdf="results/figures/{experiment}/{dataset}/figure_13.pdf",
        png="results/figures/{experiment}/{dataset}/figure_13.png",
    log:
        "logs/plot_radar/{experiment}/{dataset}.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_radar.py"


rule tabulate_costs:
    input:
        train=look.run_files("figure_13", "results/benchmarks/train_model/{run}.tsv"),
        predict=look.run_files("figure_13", "results/benchmarks/predict_pairs/{run}/{test_set}.tsv"),
        history=look.run_files("figure_13", "results/runs/{run}/history.tsv"),
        settings=look.run_files("figure_13", "results/runs/{run}/settings.json"),
        metrics=look.run_files("figure_13", "results/runs/{run}/{test_set}.metrics.tsv"),
    output:
        report(
            "results/tables/{experiment}/{dataset}/cost.tsv",
            caption="../report/cost.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "cost of each method, table"},
        ),
    log:
        "logs/tabulate_costs/{experiment}/{dataset}.log",
    conda:
        "../../envs/data.yaml"
    params:
        runs=look.shown_fits("figure_13"),
        labels=look.labels,
    script:
        "../../scripts/tabulate_costs.py"


rule plot_costs:
    input:
        costs="results/tables/{experiment}/{dataset}/cost.tsv",
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/cost.svg",
            caption="../report/cost.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "quality and cost of each method"},
        ),
        pdf="results/figures/{experiment}/{dataset}/cost.pdf",
        png="results/figures/{experiment}/{dataset}/cost.png",
    log:
        "logs/plot_costs/{experiment}/{dataset}.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_costs.py"


rule tabulate_transfer:
    input:
        metrics="results/experiments/{experiment}/metrics.tsv",
    output:
        "results/tables/{experiment}/transfer.tsv",
    log:
        "logs/tabulate_transfer/{experiment}.log",
    conda:
        "../../envs/data.yaml"
    params:
        labels=look.transfer_labels,
    script:
        "../../scripts/tabulate_transfer.py"


rule plot_transfer:
    input:
        table="results/tables/{experiment}/transfer.tsv",
    output:
        svg=report(
            "results/figures/{experiment}/transfer.svg",
            caption="../report/transfer.rst",
            category="{experiment}",
            labels={"figure": "transfer matrix"},
        ),
        pdf="results/figures/{experiment}/transfer.pdf",
        png="results/figures/{experiment}/transfer.png",
    log:
        "logs/plot_transfer/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_transfer.py"
