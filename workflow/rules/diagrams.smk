# Needs: reference tables and the config, no trained model. Makes: results/figures/explained/, the paper's explanatory
# figures drawn from data and code. The architecture is that of the first experiment's network, if it has one.
localrules:
    diagrams,


rule diagrams:
    input:
        expand(
            "results/figures/explained/figure_0{number}.svg",
            number=[2, 3, 4, 5, 6, 7] if look.explained_model() else [2, 3, 6],
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
            "results/figures/explained/figure_02.svg",
            caption="../report/figure_02.rst",
            category="explained",
            labels={"figure": "2, gene level and site level"},
        ),
        pdf="results/figures/explained/figure_02.pdf",
        png="results/figures/explained/figure_02.png",
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
            "results/figures/explained/figure_03.svg",
            caption="../report/figure_03.rst",
            category="explained",
            labels={"figure": "3, sliding window"},
        ),
        pdf="results/figures/explained/figure_03.pdf",
        png="results/figures/explained/figure_03.png",
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
            "results/figures/explained/figure_04.svg",
            caption="../report/figure_04.rst",
            category="explained",
            labels={"figure": "4, architecture"},
        ),
        pdf="results/figures/explained/figure_04.pdf",
        png="results/figures/explained/figure_04.png",
    log:
        "logs/plot_architecture.log",
    conda:
        "../../envs/train.yaml"
    params:
        model=look.explained_model(),
    script:
        "../../scripts/plot_architecture.py"


rule plot_encoder:
    input:
        example="results/reference/example.tsv",
    output:
        svg=report(
            "results/figures/explained/figure_05.svg",
            caption="../report/figure_05.rst",
            category="explained",
            labels={"figure": "5, encoder"},
        ),
        pdf="results/figures/explained/figure_05.pdf",
        png="results/figures/explained/figure_05.png",
    log:
        "logs/plot_encoder.log",
    conda:
        "../../envs/train.yaml"
    params:
        model=look.explained_model(),
        strand="site",
    script:
        "../../scripts/plot_encoder.py"


rule plot_duplex:
    input:
        example="results/reference/example.tsv",
    output:
        svg=report(
            "results/figures/explained/figure_06.svg",
            caption="../report/figure_06.rst",
            category="explained",
            labels={"figure": "6, duplex"},
        ),
        pdf="results/figures/explained/figure_06.pdf",
        png="results/figures/explained/figure_06.png",
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
            "results/figures/explained/figure_07.svg",
            caption="../report/figure_07.rst",
            category="explained",
            labels={"figure": "7, decoder module"},
        ),
        pdf="results/figures/explained/figure_07.pdf",
        png="results/figures/explained/figure_07.png",
    log:
        "logs/plot_decoder.log",
    conda:
        "../../envs/train.yaml"
    params:
        model=look.explained_model(),
    script:
        "../../scripts/plot_decoder.py"
