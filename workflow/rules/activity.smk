# Needs: tables of fold changes. Makes: results/activity/{activity}/, the miRNAs that explain them, their targets, and a report.
# Target rule `activity` takes all tables of `activity`.
localrules:
    activity,


rule activity:
    input:
        expand("results/activity/{activity}/report.html", activity=study.activity),


rule predict_families:
    input:
        activities.sequences,
        mature="resources/downloads/mirbase/mature.fa",
    output:
        "results/activity/{activity}/predictions.safetensors",
    log:
        "logs/predict_families/{activity}.log",
    benchmark:
        "results/benchmarks/predict_families/{activity}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: study.threads
    resources:
        mem_mb=memory(3000),
        runtime=minutes(60),
    params:
        stanza=activities.predicted_from,
    message:
        "Predict what every family of miRNAs does, for {wildcards.activity}"
    script:
        "../../scripts/predict_families.py"


rule explain_changes:
    input:
        unpack(activities.files),
        mature="resources/downloads/mirbase/mature.fa",
    output:
        families="results/activity/{activity}/families.tsv",
        targets="results/activity/{activity}/targets.tsv",
        report=report(
            "results/activity/{activity}/report.html",
            caption="../report/activity.rst",
            category="activity",
            labels={"table": "{activity}"},
        ),
    log:
        "logs/explain_changes/{activity}.log",
    benchmark:
        "results/benchmarks/explain_changes/{activity}.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    params:
        stanza=activities.stanza,
    message:
        "Explain the fold changes of {wildcards.activity}"
    script:
        "../../scripts/explain_changes.py"


# How often the miRNA that was added is found: what docs/tables/activity_benchmark.tsv holds. Target rule by its file.
rule benchmark_activity:
    input:
        mrnas="resources/downloads/dm3loc/modified_multilabel_seq.fasta",
        hela="resources/downloads/mcgeary2019/GSE140217_HeLa_transfection_logtpm_batchnormalized.txt",
        hek="resources/downloads/mcgeary2019/GSE140218_HEK293FT_transfection_logtpm_batchnormalized.txt",
        guides="resources/downloads/mcgeary2019/aav1741_DataS1.xlsx",
        overexpressions=plan.transfections,
        mature="resources/downloads/mirbase/mature.fa",
        genes="resources/downloads/targetscan7/TargetScan8_Gene_info.txt",
        firm="resources/downloads/isb_firm/isb_firm-1.0.4-py2.py3-none-any.whl",
    output:
        kept="results/activity_benchmark/predictions.safetensors",
        rows="results/activity_benchmark/tables.tsv",
        means="results/activity_benchmark/summary.tsv",
    log:
        "logs/benchmark_activity.log",
    benchmark:
        "results/benchmarks/benchmark_activity.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=memory(3000),
        runtime=minutes(60),
    message:
        "Measure how often the miRNA behind fold changes is found"
    script:
        "../../scripts/benchmark_activity.py"
