# Everything a person does here, by one word. `make` alone lists the words.
# On a machine with nothing but Python (3.11 or later) and make, `make demo` and `make test` set up what they need.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV ?= .venv
JOBS ?= 2
BIN := $(VENV)/bin
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q

.DEFAULT_GOAL := help
.PHONY: help setup dev demo test check slow gpu bench docs clean

help:  ## list these words
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1|\2/p' Makefile | while IFS='|' read -r word text; do \
		printf '  make %-8s %s\n' "$$word" "$$text"; done

setup: $(VENV)/.package  ## make .venv and install the package into it (leaves .venv/bin/seqgan)

dev: $(VENV)/.dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or later is needed. Install it, or name it: make PYTHON=/path/to/python3 setup"; exit 2; }
	@"$(PYTHON)" -m venv "$(VENV)" || { rm -rf "$(VENV)"; \
		echo "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv"; exit 2; }

$(VENV)/.package: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV); the first time takes a minute or two ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.package
	@echo "Adding the test tools ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,board,postgresql,chem,music,grid,browser]'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[peers]' 2>/dev/null || \
		echo "fast-bleu could not be compiled here; the tests that compare with it are skipped."
	@touch $@

demo: setup  ## train SeqGAN on the embedded captions (a few minutes), show samples and the report
	@mkdir -p runs
	@n=1; while [ -e "runs/demo-$$n" ]; do n=$$((n + 1)); done; run="runs/demo-$$n"; \
	$(BIN)/seqgan train oracle_grammar --out "$$run" || exit $$?; \
	printf '\nTen sentences of the trained model:\n'; \
	$(BIN)/seqgan sample "$$run" -n 10 --seed 1 || exit $$?; \
	test -e "$$run/report.html" || $(BIN)/seqgan report "$$run" || exit $$?; \
	printf '\nThe report:  %s\nMore:        %s\n' "$$run/report.html" "$(BIN)/seqgan sample $$run -n 100"

test: dev  ## all tests but the slow ones
	@$(PYTEST) -n $(JOBS) $(ARGS)

check: dev  ## format, lint, types and the fast tests, under 90 seconds
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(PYTEST) -n $(JOBS) -m 'not slow and not gpu and not thorough' $(ARGS)

slow: dev  ## the slow tests: learning, long runs
	@$(PYTEST) -m slow $(ARGS)

gpu: dev  ## the tests that need an accelerator
	@$(BIN)/python -m pytest -q -m gpu $(ARGS)

bench: setup  ## the speed benchmarks: training at the paper's setting, metrics
	@$(BIN)/python benchmarks/speed.py $(ARGS)
	@$(BIN)/python benchmarks/metrics.py

docs: setup  ## write the pages made from docstrings and the drawings
	@$(BIN)/python docs/build.py
	@$(BIN)/python docs/figures/draw.py

clean:  ## remove .venv and caches; runs/ stays
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
	@find src tests docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
