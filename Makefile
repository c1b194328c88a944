# The front door. Everything lives in .venv, made once and renewed when the pinned packages change.
# `make setup PYTHON=/path/to/python3.13` chooses the interpreter instead of searching for one.
.DELETE_ON_ERROR:
.PHONY: help setup demo metrics test test-all check-tests check-types-and-pages docs bench bench-short pictures wheel-test \
	container-test cluster-test

bin := .venv/bin

help:
	@echo "make setup            create .venv with the pinned packages and the command $(bin)/constriction"
	@echo "make demo             sodium islands under copper: solve meshes/sodium_islands.toml"
	@echo "make test             style, types, tests on one rank and on two, documentation"
	@echo "make test-all         the same with the tests that take long, tests/slow.txt (a quarter to half an hour)"
	@echo "make metrics          measure the code: lengths, complexity, documentation"
	@echo "make docs             build the documentation into build/docs"
	@echo "make pictures         draw the pictures of the README anew, meshes/pictures (about a minute)"
	@echo "make bench            measure time, unknowns and memory, compare with the last report and other tools (an hour)"
	@echo "make bench-short      the same of what takes seconds each, without other tools (some minutes)"
	@echo "make wheel-test       build a wheel from a clean clone and try it in a fresh environment (two minutes)"
	@echo "make container-test   build the image of the container with podman and try it (as root, about a quarter of an hour)"
	@echo "make cluster-test     run studies/slurm and studies/Snakefile on a SLURM of its own (as root, about a quarter of an hour)"

setup: .venv/installed

$(bin)/python:
	@python=$$(sh .ci/find-python $(PYTHON)) && echo "Creating .venv with $$python" && "$$python" -m venv --clear .venv

.venv/installed: requirements.txt pyproject.toml $(bin)/python
	@echo "Installing the pinned packages into .venv (about a minute)"
	@# What is never imported need not be compiled, and that is two thirds of it.
	@$(bin)/python -m pip install --quiet --disable-pip-version-check --no-compile --only-binary :all: --require-hashes \
		-r requirements.txt
	@$(bin)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(bin)/python -c "import gmsh" 2>/dev/null || { echo "constriction: gmsh does not start, shared libraries are missing:" \
		"apt-get install $$(sh .ci/missing-libraries | tr '\n' ' ')or dnf install mesa-libGLU libXcursor libXft libXinerama" >&2; exit 1; }
	@touch $@

metrics: $(bin)/python
	@$(bin)/python tests/metrics.py

demo: setup
	$(bin)/constriction run meshes/sodium_islands.toml --out results/sodium_islands

# One thread each: two ranks on two cores, and the same sums every time.
test test-all bench bench-short: export OMP_NUM_THREADS := 1
# Where no bytecode may be kept, each of the hundreds of processes compiles everything anew: a second or two each.
test test-all bench bench-short: export PYTHONDONTWRITEBYTECODE :=

# What tests/slow.txt names is checked before a release: by then every variant, here the quickest of each.
test: tests-of = -m "not slow"

# Types and pages take one core: beside the tests, and none waits for another.
test test-all: setup
	$(bin)/ruff check
	$(bin)/ruff format --check
	@$(MAKE) --no-print-directory --jobs 2 check-tests check-types-and-pages tests-of='$(tests-of)'
	@$(if $(tests-of),echo "Left to make test-all: $$(wc -l <tests/slow.txt) tests that take long (tests/slow.txt)")

# A file to each process in the order of `testpaths`: the short ones come last, so that all end at the same time.
check-tests: setup
	$(bin)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(tests-of)
	$(bin)/mpiexec -n 2 $(bin)/python -m mpi4py -m pytest -p no:cacheprovider tests/parallel

check-types-and-pages: setup
	$(bin)/mypy
	$(build-docs)

build-docs = NO_MKDOCS_2_WARNING=1 $(bin)/mkdocs build --quiet --strict --config-file .ci/mkdocs.yml && \
	$(bin)/constriction explore -o build/docs/explorer.html >/dev/null && $(bin)/python .ci/offline.py build/docs

# Fails where a page, a link or an anchor is missing, or where a page would load something from a network.
docs: setup
	$(bin)/python .ci/generate_docs.py
	$(build-docs)

draw := $(bin)/constriction picture --small
drawn := meshes/pictures

pictures: setup
	$(draw) meshes/sodium_islands.toml --what mesh --output $(drawn)/mesh.png
	$(draw) meshes/single_spot.toml --what potential --output $(drawn)/potential.png
	$(draw) meshes/sodium_islands.toml --what current --output $(drawn)/current.png
	$(draw) meshes/random_islands.toml --what interface --output $(drawn)/interface.png

bench: setup
	$(bin)/python tests/benchmarks/bench.py
	$(bin)/python tests/benchmarks/spectra.py
	$(bin)/python tests/benchmarks/studies.py
	$(bin)/python tests/benchmarks/atlas.py
	$(bin)/python tests/benchmarks/explorer.py

bench-short: setup
	$(bin)/python tests/benchmarks/bench.py --short

wheel-test: setup
	bash .ci/wheel-test

container-test: setup
	bash .ci/container-test

cluster-test: setup
	bash .ci/cluster-test
