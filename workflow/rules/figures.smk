# Needs: metrics, predictions, histories, audits of finished runs. Makes: results/figures/{experiment}/, drawn again without
# training anything. An experiment's `figures` says which models each shows; deepmirnatar/figures/kinds/ holds what can be
# drawn. Target rule `figures` takes the experiments and predictions of `run`.
localrules:
    figures,
    plot_figure,
    plot_dataset_figure,
    plot_model_figure,
    plot_rulegraph,


rule figures:
    input:
        inputs.figures(),
        rules.explained.input,
        rules.predictions.input,
        "results/figures/rulegraph.svg",


rule plot_figure:
    input:
        unpack(inputs.figure_files),
    output:
        svg=report(
            "results/figures/{experiment}/{figure}.svg",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="all datasets",
            labels=inputs.figure_label,
        ),
        png="results/figures/{experiment}/{figure}.png",
    log:
        "logs/plot_figure/{experiment}/{figure}.log",
    wildcard_constraints:
        figure=inputs.any_of(inputs.figures_per("experiment")),
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        rows=inputs.figure_rows,
        about=inputs.figure_about,
        note=inputs.figure_note,
        caption=inputs.figure_caption,
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
            labels=inputs.figure_label,
        ),
        png="results/figures/{experiment}/{dataset}/{figure}.png",
    log:
        "logs/plot_figure/{experiment}/{dataset}/{figure}.log",
    wildcard_constraints:
        figure=inputs.any_of(inputs.figures_per("dataset")),


use rule plot_figure as plot_model_figure with:
    output:
        svg=report(
            "results/figures/{experiment}/{dataset}/{model}/{figure}.svg",
            caption="../report/caption.rst",
            category="{experiment}",
            subcategory="{dataset}",
            labels=inputs.figure_label,
        ),
        png="results/figures/{experiment}/{dataset}/{model}/{figure}.png",
    log:
        "logs/plot_figure/{experiment}/{dataset}/{model}/{figure}.log",
    wildcard_constraints:
        figure=inputs.any_of(inputs.figures_per("model")),


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
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        snakefile=workflow.main_snakefile,
        config=study.config,
    message:
        "Draw the rule graph"
    script:
        "../../scripts/plot_rulegraph.py"
