#!/bin/bash
# A study in parts, one for each task of a job array, wherever the tasks run; all write into one folder.
#   sbatch --array=1-8 studies/slurm/array.sh studies/pitch/study.toml results/pitch 8
# A part that was killed goes on by the same command with its number, here 3 of 8:
#   sbatch --array=3 studies/slurm/array.sh studies/pitch/study.toml results/pitch 8
# When all are done: apptainer exec constriction.sif constriction study collect results/pitch
# From a folder with constriction.sif (see constriction.def), with CONSTRICTION_IMAGE=/path/to/it, or without a container
# with CONSTRICTION_BIN=/path/to/.venv/bin. Further words are options of constriction study run, such as --retry-failed.
#SBATCH --job-name=constriction
#SBATCH --nodes=1
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2000M
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A-%a.log
set -euo pipefail

study=${1:?expected a study file, such as studies/pitch/study.toml}
results=${2:?expected the folder of the results, such as results/pitch}
parts=${3:?expected the number of parts, the last number of --array}
inside=(apptainer exec "${CONSTRICTION_IMAGE:-constriction.sif}")
if [ -n "${CONSTRICTION_BIN:-}" ]; then
    PATH=$CONSTRICTION_BIN:$PATH
    inside=()
fi

# Of the task, not of the node, and with something left for the libraries. More: --mem-per-cpu,
# for SLURM refuses --mem beside it.
memory="$((SLURM_NTASKS * SLURM_MEM_PER_CPU * 3 / 4)) MB"

# As in one-node.sh: no srun, and FAILED if a case of the part has failed.
export HYDRA_LAUNCHER=fork OMP_NUM_THREADS=1
exec "${inside[@]}" mpiexec -n "$SLURM_NTASKS" constriction study run "$study" --out "$results" \
    --shard "$SLURM_ARRAY_TASK_ID/$parts" --memory "$memory" --quiet --strict "${@:4}"
