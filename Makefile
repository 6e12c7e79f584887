# Each target sets up what it needs. The environment is rebuilt when requirements.lock or pyproject.toml changes.
PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
VENV := .venv
STAMP := $(VENV)/.installed-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
# Without it, the report cuts off the top of tall figures.
STYLE := --report-stylesheet workflow/report/report.css
LINKS := $(if $(PIP_FIND_LINKS),--find-links $(PIP_FIND_LINKS))
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help quickstart test test-slurm lint format report docs weights unlock clean lock
.DEFAULT_GOAL := help

help:
	@echo "make quickstart   set up and run the pipeline in small on real data; ends with figures and report.html"
	@echo "make test         set up and run all tests; TESTS=tests/test_predict.py these alone"
	@echo "make test-slurm   a study on a real Slurm of one node, started for it (root, Debian)"
	@echo "make lint         formatting, linting and dry runs"
	@echo "make format       format the code and mend what the linters can mend"
	@echo "make report       report.html of the finished default study"
	@echo "make docs         fill the README and docs/ from the committed tables; RESULTS=results takes new ones over"
	@echo "make unlock       after a crash of Snakemake itself"
	@echo "make clean        remove results and logs (downloads and the environment stay)"

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is `$(PYTHON) --version`. Try: make PYTHON=python3.12 ..."; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python $(LINKS) -r requirements.lock; \
	else \
		$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.lock; \
	fi
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

quickstart: $(STAMP)
	snakemake --cores $(CORES) --configfile config/quickstart.yaml
	snakemake --cores 1 --configfile config/quickstart.yaml --report report.html $(STYLE)
	@echo
	@echo "Done. Open report.html, or look into"
	@echo "  results/figures/quickstart/    the paper's figures 8 to 13, audits (svg, png); beside it figures 2 to 7"
	@echo "  results/tables/quickstart/     Tables 1 to 3, cost, all scores"
	@echo "  results/datasets/quickstart/   the pairs and where each came from"
	@echo "Next: config/README.md shows how to add your own pairs."

test: $(STAMP)
	python -m pytest -n 2 --dist loadfile $(TESTS)

test-slurm: $(STAMP)
	python benchmarks/slurm/run.py

lint: $(STAMP)
	ruff format --check .
	ruff check .
	snakefmt --check Snakefile workflow
	snakemake --lint
	snakemake --dry-run --quiet
	snakemake --dry-run --quiet --configfile config/quickstart.yaml
	snakemake --dry-run --quiet --configfile config/fast.yaml
	snakemake --dry-run --quiet --configfile config/fast.yaml config/everything.yaml

format: $(STAMP)
	ruff format .
	ruff check --fix .
	snakefmt Snakefile workflow

report: $(STAMP)
	snakemake --cores 1 --report report.html $(STYLE)

# The README and docs/ from docs/pages; with RESULTS=results the finished experiments that lie there are taken over first.
docs: $(STAMP)
	snakemake --rulegraph mermaid-js -- results/experiments/published/metrics.tsv | grep -v style > docs/pages/rules.mmd
	python -m scripts.render_docs $(RESULTS)

# The weights that the package carries, trained anew: hours on two cores.
weights: $(STAMP)
	snakemake --cores $(CORES) weights
	cp results/weights/*.safetensors deepmirnatar/prediction/weights/
	cp results/repression/model.safetensors deepmirnatar/repression/weights/
	cp results/binding/model.safetensors deepmirnatar/binding/weights/

unlock: $(STAMP)
	snakemake --unlock

clean:
	rm -rf results logs report.html

lock:
	uv pip compile --quiet --python-version 3.11 $(LINKS) --extra study --extra dev --no-annotate --no-header pyproject.toml \
		| sed 's/+cpu//' > requirements.tmp
	{ head -1 requirements.lock; cat requirements.tmp; } > requirements.new
	mv requirements.new requirements.lock
	rm requirements.tmp
