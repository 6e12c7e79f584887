#!/usr/bin/env bash
# Ends what up.sh started, by the process ids that it noted, and removes its folder.
dir=${1:-/tmp/slurm-test}
[ -s "$dir/slurm.conf" ] || exit 0
export SLURM_CONF=$dir/slurm.conf
timeout 5 scancel --state=PENDING,RUNNING --user="$(id -un)" 2>/dev/null
for _ in $(seq 30); do [ -z "$(timeout 5 squeue -h -t R,CG 2>/dev/null)" ] && break; sleep 0.2; done
for file in slurmd.pid slurmctld.pid munge/pid; do
    [ -s "$dir/$file" ] || continue
    pid=$(cat "$dir/$file")
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null
done
[ "$(readlink /etc/slurm/slurm.conf)" = "$dir/slurm.conf" ] && rm -f /etc/slurm/slurm.conf
rm -rf "$dir"
exit 0
