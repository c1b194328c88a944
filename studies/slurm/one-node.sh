#!/bin/bash
# A study on the cores of one node, by MPI; the same command again goes on where a killed job was.
#   sbatch studies/slurm/one-node.sh studies/pitch/study.toml results/pitch
# From a folder with constriction.sif (see constriction.def), with CONSTRICTION_IMAGE=/path/to/it, or without a container
# with CONSTRICTION_BIN=/path/to/.venv/bin. Further words are options of constriction study run, such as --retry-failed.
#SBATCH --job-name=constriction
#SBATCH --nodes=1
#SBATCH --ntasks=16
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2000M
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.log
set -euo pipefail

study=${1:?expected a study file, such as studies/pitch/study.toml}
results=${2:?expected the folder of the results, such as results/pitch}
inside=(apptainer exec "${CONSTRICTION_IMAGE:-constriction.sif}")
if [ -n "${CONSTRICTION_BIN:-}" ]; then
    PATH=$CONSTRICTION_BIN:$PATH
    inside=()
fi

# Of the job, not of the node, and with something left for the libraries. More: --mem-per-cpu,
# for SLURM refuses --mem beside it.
memory="$((SLURM_NTASKS * SLURM_MEM_PER_CPU * 3 / 4)) MB"

# mpiexec is the one beside constriction and starts all ranks itself: no srun, whose MPI need not fit and which is not in
# the image. A failed case makes the job FAILED once all others are done.
export HYDRA_LAUNCHER=fork OMP_NUM_THREADS=1
exec "${inside[@]}" mpiexec -n "$SLURM_NTASKS" \
    constriction study run "$study" --out "$results" --memory "$memory" --quiet --strict "${@:3}"
