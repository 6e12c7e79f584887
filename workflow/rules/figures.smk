# Needs: metrics, predictions, histories, audits of finished runs. Makes: results/figures/{experiment}/, drawn again without
# training anything. An experiment's `figures` says which models each shows; deepmirnatar/figures/kinds/ holds what can be
# drawn. Target rule `figures` takes the experiments and predictions of `run`.
localrules:
    figures,
    plot_figure,
    plot_dataset_figure,
    plot_model_figure,


rule figures:
    input:
        collect(
            "results/figures/{row.experiment}/{row.figure}.svg",
            row=lookup(query="per == 'experiment'", within=plan.figures),
        ),
        collect(
            "results/figures/{row.experiment}/{row.dataset}/{row.figure}.svg",
            row=lookup(query="per == 'dataset'", within=plan.figures),
        ),
        collect(
            "results/figures/{row.experiment}/{row.dataset}/{row.model}/{row.figure}.svg",
            row=lookup(query="per == 'model'", within=plan.figures),
        ),
        rules.explained.input,
        rules.predictions.input,


rule plot_figure:
    input:
        unpack(figure.files),
    output:
        svg=report(
            "results/figures/{experiment}/{figure}.svg",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="all datasets",
            labels=figure.labels,
        ),
        png="results/figures/{experiment}/{figure}.png",
    log:
        "logs/plot_figure/{experiment}/{figure}.log",
    wildcard_constraints:
        figure=any_of(plan.drawn_per["experiment"]),
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        rows=figure.rows,
        about=figure.about,
        note=figure.note,
        caption=lookup(within=plan.captions, dpath="{figure}"),
    message:
        "Draw {wildcards.figure} of {wildcards.experiment}"
    script:
        "../../scripts/plot_figure.py"


use rule plot_figure as plot_dataset_figure with:
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/{figure}.svg",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels=figure.labels,
        ),
        png="results/figures/{experiment}/{dataset}/{figure}.png",
    log:
        "logs/plot_figure/{experiment}/{dataset}/{figure}.log",
    wildcard_constraints:
        figure=any_of(plan.drawn_per["dataset"]),


use rule plot_figure as plot_model_figure with:
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/{model}/{figure}.svg",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels=figure.labels,
        ),
        png="results/figures/{experiment}/{dataset}/{model}/{figure}.png",
    log:
        "logs/plot_figure/{experiment}/{dataset}/{model}/{figure}.log",
    wildcard_constraints:
        figure=any_of(plan.drawn_per["model"]),
