# Needs: parsed sources. Makes: results/datasets/{dataset}/, from merged rows to pairs with label and split, the audit, and
# the controls that models are audited with.
localrules:
    merge_sources,
    filter_pairs,


rule merge_sources:
    input:
        tables=collect("results/sources/{source}.tsv", source=lookup(within=plan.datasets, dpath="{dataset}/sources")),
    output:
        pairs="results/datasets/{dataset}/merged.tsv",
        report="results/datasets/{dataset}/merge_report.tsv",
    log:
        "logs/merge_sources/{dataset}.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        stanza=lookup(within=plan.datasets, dpath="{dataset}/merge"),
    message:
        "Merge the sources of {wildcards.dataset}"
    script:
        "../../scripts/merge_sources.py"


rule filter_pairs:
    input:
        pairs="results/datasets/{dataset}/merged.tsv",
        reference=collect(
            "results/reference/{name}.tsv", name=lookup(within=plan.datasets, dpath="{dataset}/filter_reads")
        ),
        tests=collect("results/datasets/{other}/pairs.tsv", other=lookup(within=plan.datasets, dpath="{dataset}/apart")),
    output:
        kept="results/datasets/{dataset}/kept.tsv",
        dropped="results/datasets/{dataset}/dropped.tsv",
        report="results/datasets/{dataset}/filter_report.tsv",
    log:
        "logs/filter_pairs/{dataset}.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        stanza=lookup(within=plan.datasets, dpath="{dataset}/filter"),
    message:
        "Check the miRNAs of {wildcards.dataset} against miRBase"
    script:
        "../../scripts/filter_pairs.py"


rule generate_negatives:
    input:
        pairs="results/datasets/{dataset}/kept.tsv",
        reference=collect(
            "results/reference/{name}.tsv", name=lookup(within=plan.datasets, dpath="{dataset}/negatives_read")
        ),
    output:
        positives="results/datasets/{dataset}/positives.tsv",
        negatives="results/datasets/{dataset}/negatives.tsv",
        report="results/datasets/{dataset}/negatives_report.tsv",
    log:
        "logs/generate_negatives/{dataset}.log",
    benchmark:
        "results/benchmarks/generate_negatives/{dataset}.tsv"
    group:
        "dataset"
    conda:
        "../../envs/data.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000),
        runtime=minutes(60, of=90),
    params:
        stanza=lookup(within=plan.datasets, dpath="{dataset}/negatives"),
    message:
        "Make the negatives of {wildcards.dataset}"
    script:
        "../../scripts/generate_negatives.py"


rule split_dataset:
    input:
        positives="results/datasets/{dataset}/positives.tsv",
        negatives="results/datasets/{dataset}/negatives.tsv",
    output:
        pairs="results/datasets/{dataset}/pairs.tsv",
        report="results/datasets/{dataset}/split_report.tsv",
    log:
        "logs/split_dataset/{dataset}.log",
    benchmark:
        "results/benchmarks/split_dataset/{dataset}.tsv"
    group:
        "dataset"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10, of=90),
    params:
        stanza=lookup(within=plan.datasets, dpath="{dataset}/split"),
    message:
        "Split {wildcards.dataset} into train, valid and test"
    script:
        "../../scripts/split_dataset.py"


rule audit_dataset:
    input:
        pairs="results/datasets/{dataset}/pairs.tsv",
    output:
        audit="results/datasets/{dataset}/audit.tsv",
        balance="results/datasets/{dataset}/mirna_balance.tsv",
    log:
        "logs/audit_dataset/{dataset}.log",
    benchmark:
        "results/benchmarks/audit_dataset/{dataset}.tsv"
    group:
        "dataset"
    conda:
        "../../envs/data.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000),
        runtime=minutes(20, of=90),
    params:
        orientation=lookup(within=plan.datasets, dpath="{dataset}/orientation"),
    message:
        "Audit {wildcards.dataset}: what leaks, and what gives the class away"
    script:
        "../../scripts/audit_dataset.py"


rule make_controls:
    input:
        pairs="results/datasets/{dataset}/pairs.tsv",
    output:
        "results/datasets/{dataset}/controls.tsv",
    log:
        "logs/make_controls/{dataset}.log",
    benchmark:
        "results/benchmarks/make_controls/{dataset}.tsv"
    group:
        "dataset"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10, of=90),
    params:
        stanza=lookup(within=plan.datasets, dpath="{dataset}/controls"),
    message:
        "Make the controls of {wildcards.dataset}"
    script:
        "../../scripts/make_controls.py"
