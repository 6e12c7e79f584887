# Needs: reference tables and the config, no trained model. Makes: results/figures/explained/, the paper's explanatory
# figures drawn from data and code. The architecture is that of the first experiment's network, if it has one.
localrules:
    diagrams,


rule diagrams:
    input:
        expand(
            "results/figures/explained/{figure}.svg",
            figure=["levels", "windows", "duplex"]
            + (["architecture", "encoder", "decoder"] if inputs.explained_model() else []),
        ),


# A miRNA and a gene that is known to be its target; without that gene the tables choose another.
rule choose_example:
    input:
        mirnas="results/reference/mirnas.tsv",
        utrs="results/reference/utrs.tsv",
        known="results/reference/known_targets.tsv",
    output:
        "results/reference/example.tsv",
    log:
        "logs/choose_example.log",
    conda:
        "../../envs/data.yaml"
    params:
        mirna="hsa-let-7a-5p",
        gene="HMGA2",
    script:
        "../../scripts/choose_example.py"


rule plot_levels:
    input:
        example="results/reference/example.tsv",
    output:
        svg=report(
            "results/figures/explained/levels.svg",
            caption="../report/levels.rst",
            category="explained",
            labels={"figure": "2, gene level and site level"},
        ),
        png="results/figures/explained/levels.png",
    log:
        "logs/plot_levels.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_levels.py"


rule plot_windows:
    input:
        example="results/reference/example.tsv",
    output:
        svg=report(
            "results/figures/explained/windows.svg",
            caption="../report/windows.rst",
            category="explained",
            labels={"figure": "3, sliding window"},
        ),
        png="results/figures/explained/windows.png",
    log:
        "logs/plot_windows.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_windows.py"


rule plot_architecture:
    input:
        example="results/reference/example.tsv",
    output:
        svg=report(
            "results/figures/explained/architecture.svg",
            caption="../report/architecture.rst",
            category="explained",
            labels={"figure": "4, architecture"},
        ),
        png="results/figures/explained/architecture.png",
    log:
        "logs/plot_architecture.log",
    conda:
        "../../envs/train.yaml"
    params:
        model=inputs.explained_model(),
    script:
        "../../scripts/plot_architecture.py"


rule plot_encoder:
    input:
        example="results/reference/example.tsv",
    output:
        svg=report(
            "results/figures/explained/encoder.svg",
            caption="../report/encoder.rst",
            category="explained",
            labels={"figure": "5, encoder"},
        ),
        png="results/figures/explained/encoder.png",
    log:
        "logs/plot_encoder.log",
    conda:
        "../../envs/train.yaml"
    params:
        model=inputs.explained_model(),
        strand="site",
    script:
        "../../scripts/plot_encoder.py"


rule plot_duplex:
    input:
        example="results/reference/example.tsv",
    output:
        svg=report(
            "results/figures/explained/duplex.svg",
            caption="../report/duplex.rst",
            category="explained",
            labels={"figure": "6, duplex"},
        ),
        png="results/figures/explained/duplex.png",
    log:
        "logs/plot_duplex.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../../scripts/plot_duplex.py"


rule plot_decoder:
    input:
        example="results/reference/example.tsv",
    output:
        svg=report(
            "results/figures/explained/decoder.svg",
            caption="../report/decoder.rst",
            category="explained",
            labels={"figure": "7, decoder module"},
        ),
        png="results/figures/explained/decoder.png",
    log:
        "logs/plot_decoder.log",
    conda:
        "../../envs/train.yaml"
    params:
        model=inputs.explained_model(),
    script:
        "../../scripts/plot_decoder.py"
