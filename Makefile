# `make build` and `make test` do all set-up on a fresh machine with Python 3.11 or later.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: build test lint types check clean requirements bench

build: $(VENV)/.ready
	$(BIN)/colloquy build

test: $(VENV)/.ready-to-test
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.ready
	$(BIN)/colloquy check

lint: $(VENV)/.ready-to-test
	$(BIN)/ruff check src tests

types: $(VENV)/.ready-to-test
	$(BIN)/mypy

BUNDLED := $(wildcard src/colloquy/web/query/*.mjs src/colloquy/web/query/package*.json src/colloquy/web/query/build_hook.py)

$(VENV)/.ready: tests/requirements/run.txt tests/requirements/node.txt pyproject.toml $(BUNDLED)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "colloquy needs Python 3.11 or later; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements/run.txt
	@{ command -v node && command -v npm; } >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements/node.txt || echo "without Node there will be no query page"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready tests/requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements/test.txt
	@touch $@

# Measures against other tools, and writes tests/benchmarks/results.md; some parts: make bench PARTS="load build".
PEERS := morph-kgc linkml maplib

bench: $(VENV)/.ready-to-test $(PEERS:%=$(VENV)/peers/%/.ready) $(VENV)/peers/npm/.ready
	$(BIN)/python -m tests.benchmarks $(PARTS)

# A peer that cannot be installed is not measured, and the table says so.
$(VENV)/peers/%/.ready: tests/benchmarks/requirements/%.txt
	-$(PYTHON) -m venv $(@D) && $(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< && touch $@

$(VENV)/peers/npm/.ready: tests/benchmarks/npm/package.json
	-mkdir -p $(@D) && cp $< $(@D) && npm install --silent --no-audit --no-fund --no-package-lock --prefix $(@D) && touch $@

# Made anew when a dependency changes; no address of an index is written into the files.
requirements: $(VENV)/.ready-to-test
	cd tests/requirements && for name in run test node; do \
	  $(abspath $(BIN))/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe \
	    --no-emit-options --no-header --output-file $$name.txt $$name.in; done

clean:
	rm -rf .venv .colloquy
