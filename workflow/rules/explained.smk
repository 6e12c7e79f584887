# Needs: reference tables and the config, no trained model. Makes: results/figures/explained/, the paper's explanatory
# figures drawn from data and code. The architecture is that of the first experiment's network, if it has one.
localrules:
    explained,
    choose_example,
    plot_example,
    plot_network,


rule explained:
    input:
        expand(
            "results/figures/explained/{figure}.svg",
            figure=["levels", "windows", "duplex"]
            + (["architecture", "encoder", "decoder"] if plan.explained else []),
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
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        mirna="hsa-let-7a-5p",
        gene="HMGA2",
    message:
        "Choose the pair that the explanatory figures show"
    script:
        "../../scripts/choose_example.py"


rule plot_example:
    input:
        example="results/reference/example.tsv",
    output:
        levels=report(
            "results/figures/explained/levels.svg",
            caption="../report/levels.rst",
            category="explained",
            labels={"figure": "gene level and site level (the paper's Figure 2)"},
        ),
        windows=report(
            "results/figures/explained/windows.svg",
            caption="../report/windows.rst",
            category="explained",
            labels={"figure": "sliding window (the paper's Figure 3)"},
        ),
        duplex=report(
            "results/figures/explained/duplex.svg",
            caption="../report/duplex.rst",
            category="explained",
            labels={"figure": "duplex (the paper's Figure 6)"},
        ),
        levels_png="results/figures/explained/levels.png",
        windows_png="results/figures/explained/windows.png",
        duplex_png="results/figures/explained/duplex.png",
    log:
        "logs/plot_example.log",
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    message:
        "Draw levels, windows and duplex"
    script:
        "../../scripts/plot_example.py"


rule plot_network:
    input:
        example="results/reference/example.tsv",
    output:
        architecture=report(
            "results/figures/explained/architecture.svg",
            caption="../report/architecture.rst",
            category="explained",
            labels={"figure": "architecture (the paper's Figure 4)"},
        ),
        encoder=report(
            "results/figures/explained/encoder.svg",
            caption="../report/encoder.rst",
            category="explained",
            labels={"figure": "encoder (the paper's Figure 5)"},
        ),
        decoder=report(
            "results/figures/explained/decoder.svg",
            caption="../report/decoder.rst",
            category="explained",
            labels={"figure": "decoder module (the paper's Figure 7)"},
        ),
        architecture_png="results/figures/explained/architecture.png",
        encoder_png="results/figures/explained/encoder.png",
        decoder_png="results/figures/explained/decoder.png",
    log:
        "logs/plot_network.log",
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        model=plan.explained,
        code=fingerprint(ROOT / "scripts" / "plot_network.py", plan.explained_code),
    message:
        "Draw the architecture"
    script:
        "../../scripts/plot_network.py"
