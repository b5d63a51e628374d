#!/bin/sh
# A Slurm cluster of one node on this machine, as long as this script runs: submits the array and the merge, waits for
# both, and ends the daemons that it started. As root, in the project's folder, with Debian's packages:
#
#   apt-get install slurmctld slurmd slurm-client munge
#   PROFILE=quick EXPERIMENT=strategies examples/slurm/try-locally.sh
#
set -eu

cluster=$(mktemp -d)
started=
finish() {
  # Tasks of a script that was interrupted clean up first.
  scancel --quiet --user="$(id -un)" 2>/dev/null || true
  for _ in $(seq 60); do
    squeue --noheader --format=%i 2>/dev/null | grep -q . || break
    sleep 0.5
  done
  # Each by its number: another cluster may run here.
  for daemon in $started; do
    [ ! -f "$cluster/$daemon.pid" ] || kill "$(cat "$cluster/$daemon.pid")" 2>/dev/null || true
  done
  for daemon in $started; do
    while [ -f "$cluster/$daemon.pid" ] && kill -0 "$(cat "$cluster/$daemon.pid")" 2>/dev/null; do sleep 0.2; done
  done
  rm -rf "$cluster"
}
trap finish EXIT
trap 'exit 130' INT TERM

mkdir "$cluster/state" "$cluster/spool"
chmod 755 "$cluster"
(umask 077 && head -c 128 /dev/urandom > "$cluster/munge.key")
cat > "$cluster/slurm.conf" <<CONF
ClusterName=local
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
MpiDefault=none
NodeName=$(hostname) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=local Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$cluster/slurm.conf"

started='slurmd slurmctld munged'
munged --force --key-file="$cluster/munge.key" --socket="$cluster/munge.socket" --pid-file="$cluster/munged.pid" \
  --seed-file="$cluster/munge.seed" --log-file="$cluster/munged.log"
slurmctld
slurmd

for _ in $(seq 100); do
  sinfo --noheader --format=%T 2>/dev/null | grep -q idle && break
  sleep 0.2
done
sinfo || { tail -n 20 "$cluster"/*.log >&2; exit 1; }

array=$(sbatch --parsable --export=ALL "$@" examples/slurm/reproduce.sbatch)
merge=$(sbatch --parsable --export=ALL,ARRAY="$array" --dependency=afterany:"$array" examples/slurm/merge.sbatch)
echo "array $array, merge $merge"
while squeue --noheader --format=%i | grep -q .; do sleep 1; done
cat dominoes-"$array"_*.log "dominoes-merge-$merge.log"
grep -q '^Report: ' "dominoes-merge-$merge.log"
