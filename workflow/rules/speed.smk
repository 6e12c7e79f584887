# Needs: nothing. Makes: results/speed.tsv, pairs per second of the two networks on one CPU thread, side by side and against
# the paper's own code. Target rule `speed`.
localrules:
    speed,


rule speed:
    input:
        "results/speed.tsv",


rule measure_speed:
    output:
        "results/speed.tsv",
    log:
        "logs/measure_speed.log",
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
        runtime=minutes(30),
    params:
        models=inputs.timed_models(),
        code=inputs.timed_code(),
    message:
        "Measure how fast the networks train and score"
    script:
        "../../scripts/measure_speed.py"
