# Needs: metrics, predictions, histories and benchmarks of finished runs. Makes: the paper's figures 8 to 13 and Table 3
# for one dataset of an experiment, in results/figures/{experiment}/{dataset}/, and the transfer matrix of all its
# datasets. Which models each shows stands in the experiment's `figures`.
localrules:
    tabulate_contestants,
    tabulate_costs,
    tabulate_transfer,


rule plot_losses:
    input:
        histories=inputs.run_files("ablation", "results/runs/{run}/history.tsv"),
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/ablation_loss.svg",
            caption="../report/ablation_loss.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "8A, validation loss"},
        ),
        png="results/figures/{experiment}/{dataset}/ablation_loss.png",
    log:
        "logs/plot_losses/{experiment}/{dataset}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        runs=inputs.shown_fits("ablation"),
        labels=inputs.labels,
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
        png="results/figures/{experiment}/{dataset}/{figure}.png",
    log:
        "logs/plot_scores/{experiment}/{dataset}/{figure}.log",
    wildcard_constraints:
        figure="ablation_scores|batch_size|dropout|recurrent_layer",
    conda:
        "../../envs/plot.yaml"
    params:
        models=inputs.scores_models,
        labels=inputs.scores_labels,
    script:
        "../../scripts/plot_scores.py"


rule plot_curves:
    input:
        predictions=inputs.shown_predictions("curves"),
        metrics="results/experiments/{experiment}/metrics.tsv",
    output:
        roc=report(
            "results/figures/{experiment}/{dataset}/roc.svg",
            caption="../report/roc.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "11A, ROC curve"},
        ),
        pr=report(
            "results/figures/{experiment}/{dataset}/precision_recall.svg",
            caption="../report/precision_recall.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "11B, precision-recall curve"},
        ),
        roc_png="results/figures/{experiment}/{dataset}/roc.png",
        pr_png="results/figures/{experiment}/{dataset}/precision_recall.png",
    log:
        "logs/plot_curves/{experiment}/{dataset}.log",
    conda:
        "../../envs/plot.yaml"
    params:
        runs=inputs.shown_runs("curves"),
        labels=inputs.labels,
    script:
        "../../scripts/plot_curves.py"


rule tabulate_contestants:
    input:
        metrics="results/experiments/{experiment}/metrics.tsv",
        settings=inputs.settings_files,
        paper=str(ROOT / "resources" / "paper.tsv"),
    output:
        report(
            "results/tables/{experiment}/{dataset}/methods.tsv",
            caption="../report/table_of_methods.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "Table 3, all methods"},
        ),
    log:
        "logs/tabulate_contestants/{experiment}/{dataset}.log",
    conda:
        "../../envs/data.yaml"
    params:
        models=inputs.contestants,
    script:
        "../../scripts/tabulate_contestants.py"


rule plot_radar:
    input:
        table="results/tables/{experiment}/{dataset}/methods.tsv",
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/radar.svg",
            caption="../report/radar.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels={"figure": "13, six metrics of all methods"},
        ),
        png="results/figures/{experiment}/{dataset}/radar.png",
    log:
        "logs/plot_radar/{experiment}/{dataset}.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_radar.py"


rule tabulate_costs:
    input:
        train=inputs.run_files("methods", "results/benchmarks/train_model/{run}.tsv"),
        predict=inputs.run_files("methods", "results/benchmarks/predict_pairs/{run}/{test_set}.tsv"),
        history=inputs.run_files("methods", "results/runs/{run}/history.tsv"),
        settings=inputs.run_files("methods", "results/runs/{run}/settings.json"),
        metrics=inputs.run_files("methods", "results/runs/{run}/{test_set}.metrics.tsv"),
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
        runs=inputs.shown_fits("methods"),
        labels=inputs.labels,
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
        labels=inputs.transfer_labels,
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
        png="results/figures/{experiment}/transfer.png",
    log:
        "logs/plot_transfer/{experiment}.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_transfer.py"
