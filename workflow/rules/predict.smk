# Needs: a user's miRNAs and targets, and a finished run where a stanza names a model. Makes: results/predictions/{prediction}/,
# candidate sites scored, ranked genes and the report, as the command `deepmirnatar predict` does. Target rule
# `predictions` takes those of `run.predictions`.
localrules:
    predictions,
    write_targets,
    plot_case_study,


def prediction_files(wildcards) -> dict:
    return study.prediction_files(wildcards.prediction)


def input_files(wildcards) -> dict:
    """Those of `prediction_files` that are files and not names."""
    return {key: file for key, file in prediction_files(wildcards).items() if isinstance(file, str)}


def own_targets(wildcards) -> list[str]:
    """The FASTA file to which random genes are added."""
    targets = study.predictions[wildcards.prediction]["targets"]
    return [targets] if isinstance(targets, str) else []


def gene_names(wildcards) -> list[str] | None:
    targets = study.predictions[wildcards.prediction]["targets"]
    return targets if isinstance(targets, list) else None


def run_files(wildcards) -> list[str]:
    return study.prediction_run(wildcards.prediction)


def known_targets(wildcards) -> list[str]:
    known = study.predictions[wildcards.prediction]["known"]
    return [known] if known else []


def scored_parts(kind: str):
    """An input function: the tables of sites or of genes of all parts."""

    def files(wildcards) -> list[str]:
        parts = range(study.predictions[wildcards.prediction]["chunks"])
        return [f"results/predictions/{wildcards.prediction}/parts/{part}.{kind}.tsv" for part in parts]

    return files


def scoring_gpu(wildcards) -> int:
    model = study.predictions[wildcards.prediction].get("model")
    return inputs.network_gpu(study.models[model]) if model else 0


def digests(*patterns: str) -> list[str]:
    """Of files of deepmirnatar/prediction/ that are no code and decide a result."""
    files = [file for pattern in patterns for file in (ROOT / "deepmirnatar" / "prediction").glob(pattern)]
    return [sha256(file) for file in sorted(files) if file.suffix != ".py"]


def case_study_files(wildcards) -> dict:
    folder, stanza = f"results/predictions/{wildcards.prediction}", study.predictions[wildcards.prediction]
    return {
        **{key: file for key, file in input_files(wildcards).items() if key in ("mirnas", "mirbase")},
        "genes": f"{folder}/genes.tsv",
        "groups": f"{folder}/targets.tsv",
        "fasta": f"{folder}/targets.fa",
        "training": f"results/datasets/{stanza['dataset']}/pairs.tsv",
        "known": stanza["known"],
    }


def case_study_labels(wildcards) -> dict[str, str]:
    """What the figures print of the run."""
    stanza = study.predictions[wildcards.prediction]
    return {"model": study.models[stanza["model"]]["label"], "dataset": stanza["dataset"]}


def case_study_orientation(wildcards) -> str:
    return study.datasets[study.predictions[wildcards.prediction]["dataset"]]["orientation"]


rule predictions:
    input:
        expand("results/predictions/{prediction}/genes.tsv", prediction=study.wanted_predictions),
        expand(
            "results/predictions/{prediction}/case_study.svg",
            prediction=[name for name in study.case_studies() if name in study.wanted_predictions],
        ),


# Genes by name, or a background of random genes: from the reference.
rule write_targets:
    input:
        utrs="results/reference/utrs.tsv",
        given=own_targets,
    output:
        fasta="results/predictions/{prediction}/targets.fa",
        groups="results/predictions/{prediction}/targets.tsv",
    log:
        "logs/write_targets/{prediction}.log",
    wildcard_constraints:
        prediction=inputs.any_of(study.reference_predictions()),
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        names=gene_names,
        random=lookup(within=study.predictions, dpath="{prediction}/random_targets"),
        seed=lookup(within=study.predictions, dpath="{prediction}/seed"),
    message:
        "Write the targets of {wildcards.prediction}"
    script:
        "../../scripts/write_targets.py"


rule read_inputs:
    input:
        unpack(input_files),
    output:
        temp("results/predictions/{prediction}/parts/inputs.json"),
    log:
        "logs/read_inputs/{prediction}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(30),
    params:
        files=prediction_files,
    message:
        "Read the miRNAs and targets of {wildcards.prediction}"
    script:
        "../../scripts/read_inputs.py"


rule score_targets:
    input:
        given="results/predictions/{prediction}/parts/inputs.json",
        known=known_targets,
        run=run_files,
    output:
        sites=temp("results/predictions/{prediction}/parts/{part}.sites.tsv"),
        genes=temp("results/predictions/{prediction}/parts/{part}.genes.tsv"),
    log:
        "logs/score_targets/{prediction}/{part}.log",
    benchmark:
        "results/benchmarks/score_targets/{prediction}/{part}.tsv"
    wildcard_constraints:
        part=r"\d+",
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
        gpu=scoring_gpu,
        device=study.device,
    params:
        candidates=lookup(within=study.predictions, dpath="{prediction}/candidates"),
        parts=lookup(within=study.predictions, dpath="{prediction}/chunks"),
        weights=digests("weights/*.safetensors"),
    message:
        "Score part {wildcards.part} of {wildcards.prediction}"
    script:
        "../../scripts/score_targets.py"


rule predict_targets:
    input:
        given="results/predictions/{prediction}/parts/inputs.json",
        sites=scored_parts("sites"),
        genes=scored_parts("genes"),
        run=run_files,
    output:
        genes="results/predictions/{prediction}/genes.tsv",
        sites="results/predictions/{prediction}/sites.tsv",
        bed="results/predictions/{prediction}/sites.bed",
        gff="results/predictions/{prediction}/sites.gff3",
        report="results/predictions/{prediction}/report.html",
    log:
        "logs/predict_targets/{prediction}.log",
    benchmark:
        "results/benchmarks/predict_targets/{prediction}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
        gpu=scoring_gpu,
        device=study.device,
    params:
        candidates=lookup(within=study.predictions, dpath="{prediction}/candidates"),
        page=digests("report.*", "page.css"),
    message:
        "Predict the targets of {wildcards.prediction}"
    script:
        "../../scripts/predict_targets.py"


rule plot_case_study:
    input:
        unpack(case_study_files),
    output:
        scores=report(
            "results/predictions/{prediction}/case_study.svg",
            caption="../report/case_study.rst",
            category="predictions",
            subcategory="{prediction}",
            labels={"figure": "case study: scores (the paper's Figure 14)"},
        ),
        groups=report(
            "results/predictions/{prediction}/case_study_groups.svg",
            caption="../report/case_study_groups.rst",
            category="predictions",
            subcategory="{prediction}",
            labels={"figure": "case study: known targets against random genes"},
        ),
        scores_png="results/predictions/{prediction}/case_study.png",
        groups_png="results/predictions/{prediction}/case_study_groups.png",
        pairs="results/predictions/{prediction}/case_study_pairs.tsv",
        numbers="results/predictions/{prediction}/case_study.tsv",
    log:
        "logs/plot_case_study/{prediction}.log",
    wildcard_constraints:
        prediction=inputs.any_of(study.case_studies()),
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        mirnas=lookup(within=study.predictions, dpath="{prediction}/mirnas"),
        orientation=case_study_orientation,
        labels=case_study_labels,
    message:
        "Draw the case study {wildcards.prediction}"
    script:
        "../../scripts/plot_case_study.py"
