# Needs: a species' file in the cache folder (`deepmirnatar fetch`). Makes: results/atlas/{species}.sqlite, the repression of
# all its genes by all its miRNAs. Target rule `atlas` makes the human one; for another, name its file.
localrules:
    atlas,


rule atlas:
    input:
        "results/atlas/human.sqlite",


rule compute_atlas:
    input:
        species=of_atlas.species,
    output:
        temp("results/atlas/{species}.parts/{part}.safetensors"),
    log:
        "logs/compute_atlas/{species}/{part}.log",
    benchmark:
        "results/benchmarks/compute_atlas/{species}/{part}.tsv"
    wildcard_constraints:
        species=r"[\w.-]+",
        part=r"\d+",
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(1500),
        runtime=minutes(20),
    params:
        parts=of_atlas.PARTS,
        weights=of_atlas.weights,
    message:
        "Compute part {wildcards.part} of the atlas of {wildcards.species}"
    script:
        "../../scripts/compute_atlas.py"


rule join_atlas:
    input:
        species=of_atlas.species,
        parts=expand("results/atlas/{{species}}.parts/{part}.safetensors", part=range(of_atlas.PARTS)),
    output:
        "results/atlas/{species}.sqlite",
    log:
        "logs/join_atlas/{species}.log",
    benchmark:
        "results/benchmarks/join_atlas/{species}.tsv"
    wildcard_constraints:
        species=r"[\w.-]+",
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=memory(1500),
        runtime=minutes(20),
    message:
        "Put the atlas of {wildcards.species} together"
    script:
        "../../scripts/join_atlas.py"
