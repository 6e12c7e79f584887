# Needs: tables of fold changes. Makes: results/activity/{activity}/, the miRNAs that explain them, their targets, and a report.
# Target rule `activity` takes all tables of `activity`.
localrules:
    activity,


rule activity:
    input:
        expand("results/activity/{activity}/report.html", activity=study.activity),


rule predict_families:
    input:
        inputs.activity_sequences,
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
        stanza=inputs.predicted_from,
    message:
        "Predict what every family of miRNAs does, for {wildcards.activity}"
    script:
        "../../scripts/predict_families.py"


rule explain_changes:
    input:
        unpack(inputs.activity_inputs),
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
        stanza=inputs.activity,
    message:
        "Explain the fold changes of {wildcards.activity}"
    script:
        "../../scripts/explain_changes.py"
