#!/bin/bash
# A study on the cores of one node, by MPI; the same command again goes on where a killed job was.
#   sbatch studies/slurm/one-node.sh studies/pitch/study.toml results/pitch
# From a folder with constriction.sif (see constriction.def), or with CONSTRICTION_IMAGE=/path/to/it.
#SBATCH --job-name=constriction
#SBATCH --nodes=1
#SBATCH --ntasks=16
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2000M
#SBATCH --time=04:00:00
#SBATCH --output=%x-%j.log
set -euo pipefail

study=${1:?expected a study file, such as studies/pitch/study.toml}
results=${2:?expected the folder of the results, such as results/pitch}
image=${CONSTRICTION_IMAGE:-constriction.sif}

# Of the job, not of the node, and with something left for the libraries.
memory="$((SLURM_NTASKS * SLURM_MEM_PER_CPU * 3 / 4)) MB"

# mpiexec runs inside the container and starts all ranks itself: no srun, whose MPI need not fit the image's.
apptainer exec "$image" mpiexec -n "$SLURM_NTASKS" \
    constriction study run "$study" --out "$results" --memory "$memory" --quiet
