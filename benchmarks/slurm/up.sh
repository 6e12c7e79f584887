#!/usr/bin/env bash
# Starts a real Slurm of one node on loopback, as root, without systemd, cgroups or a database, all of it in one folder.
#
#   benchmarks/slurm/up.sh [FOLDER]      default /tmp/slurm-test; then:  . FOLDER/env
#
# Ends with 3 where the packages cannot be installed, with 4 where the machine has a Slurm of its own.
set -euo pipefail
dir=${1:-/tmp/slurm-test}
port=${SLURM_TEST_PORT:-16817} # slurmd takes the next one
cpus=${SLURM_TEST_CPUS:-4}     # that the node claims to have
mem=$(awk '/^MemTotal:/ {printf "%d", $2 / 1024 * 0.8}' /proc/meminfo)
[ "$(id -u)" = 0 ] || { echo "slurm: needs root" >&2; exit 3; }
if [ -e /etc/slurm/slurm.conf ] && [ ! -L /etc/slurm/slurm.conf ]; then
    echo "slurm: this machine has a Slurm of its own (/etc/slurm/slurm.conf)" >&2
    exit 4
fi

if ! { command -v slurmctld && command -v slurmd && command -v munged && command -v sbatch; } >/dev/null; then
    command -v apt-get >/dev/null || { echo "slurm: not installed, and there is no apt-get" >&2; exit 3; }
    # Keeps the packages from starting anything by themselves.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends slurmctld slurmd munge slurm-client; } >/dev/null \
        || { echo "slurm: the packages cannot be installed" >&2; exit 3; }
fi

rm -rf "$dir"
mkdir -p "$dir"/{munge,state,spool,log}
chmod 755 "$dir" "$dir/munge"
(umask 077 && head -c 1024 /dev/urandom > "$dir/munge/key")
munged --force --key-file="$dir/munge/key" --socket="$dir/munge/sock" --pid-file="$dir/munge/pid" \
    --log-file="$dir/log/munged.log" --seed-file="$dir/munge/seed"

cat > "$dir/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/munge/sock
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
# Memory is watched by sampling; a job above its --mem is killed.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
# No accounting: finished jobs can be asked for during MinJobAge seconds.
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$dir/jobs.log
MinJobAge=3600
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
KillWait=3
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
NodeName=one NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$mem State=UNKNOWN
# Little, as sites' short partitions have it: an hour would be refused in the one, eight cores in both.
PartitionName=cpu Nodes=one Default=YES MaxTime=2:00:00 DefMemPerCPU=1000 State=UP
PartitionName=short Nodes=one Default=NO MaxTime=0:05:00 DefMemPerCPU=1000 State=UP
CONF
printf 'export SLURM_CONF=%q\n' "$dir/slurm.conf" > "$dir/env"
# Snakemake strips SLURM_* variables before the inner srun, so the default place must lead here, too.
mkdir -p /etc/slurm && ln -sfn "$dir/slurm.conf" /etc/slurm/slurm.conf
export SLURM_CONF=$dir/slurm.conf
slurmctld -c
slurmd -N one
for _ in $(seq 100); do
    [ "$(timeout 5 sinfo -h -o %T -n one 2>/dev/null | head -1)" = idle ] && break
    sleep 0.1
done
if [ "$(timeout 5 sinfo -h -o %T -n one | head -1)" != idle ]; then
    echo "slurm: the node did not become idle" >&2
    tail -n 8 "$dir"/log/slurm*.log >&2
    exit 1
fi
sinfo -o '%P %a %l %D %T %c %m %G'
