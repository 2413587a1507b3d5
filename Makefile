# Everything a fresh machine needs besides Python 3.11: `make demo` shows it, `make test` proves it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# What a caller's environment must not change: which packages are imported and where they are installed.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_CONSTRAINT PIP_REQUIREMENT PIP_EDITABLE PIP_REQUIRE_HASHES PIP_DRY_RUN
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
PY := .venv/bin/python
# The place is part of a stamp's name: a copied or moved checkout makes its environment anew.
PLACE := $(firstword $(shell pwd | cksum))
RUNTIME := .venv/runtime-$(PLACE)
DEVELOPMENT := .venv/development-$(PLACE)

# Without a server or a robot. What covers all of workflows/ does so whatever examples Hypothesis finds for the laws. What
# is left needs real browsers, servers and robots, and waits for them a good deal: more of it at once keeps both cores busy.
COVERING := --numprocesses 2 $(wildcard tests/unit tests/replay)
LAWS := --numprocesses 2 $(wildcard tests/property tests/architecture)
REAL := --numprocesses 3 --dist worksteal $(wildcard tests/integration tests/desktop)
NODES := --numprocesses 3 --dist worksteal $(wildcard tests/nodes)
WHOLE := --numprocesses 4 --dist worksteal $(wildcard tests/chaos tests/e2e)

.PHONY: help demo setup browser desktop check lint test chaos bench docs pictures lock clean

help: ## say what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

demo: $(RUNTIME) browser ## watch a robot enter a spreadsheet's invoices
	@.venv/bin/aether demo

test: lint $(DEVELOPMENT) browser desktop ## everything, and branch coverage of workflows/
	$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest $(COVERING)
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage report --fail-under=100
	$(PY) -m pytest $(LAWS)
	$(PY) -m pytest $(REAL)
	$(PY) -m pytest $(NODES)
	$(PY) -m pytest $(WHOLE)

check: lint $(DEVELOPMENT) ## what to run before a commit
	$(PY) -m pytest $(COVERING) $(wildcard tests/architecture)

lint: $(DEVELOPMENT) ## format, style, types, layers
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo

chaos: $(DEVELOPMENT) browser ## 200 payments while robots are killed 30 times, ten robots for ten minutes, all faults
	CHAOS_RUNS=200 CHAOS_KILLS=30 $(PY) -m pytest tests/chaos/test_payments.py
	CHAOS_ROBOTS=10 CHAOS_MINUTES=10 $(PY) -m pytest tests/chaos/test_payments.py
	CHAOS_SEEDS=1,2,3,4 CHAOS_NODES=30 CHAOS_CUT=60 $(PY) -m pytest tests/chaos

bench: $(DEVELOPMENT) ## what things cost, as ratios side by side
	$(PY) -m benchmarks.expressions
	$(PY) -m benchmarks.interpreter
	$(PY) -m benchmarks.growth
	$(PY) -m benchmarks.throughput
	$(PY) -m benchmarks.evidence
	$(PY) -m benchmarks.databases
	$(PY) -m benchmarks.placement
	$(PY) -m benchmarks.form
	$(PY) -m benchmarks.fleet
	$(PY) -m benchmarks.desktop

docs: $(DEVELOPMENT) ## write the generated pages of docs/ anew
	$(PY) docs/generate.py

pictures: $(DEVELOPMENT) browser ## take the pictures of README and docs anew (needs tmux)
	$(PY) docs/take_pictures.py
	$(PY) -m docs.take_browser_pictures

setup: $(DEVELOPMENT) browser desktop ## all that the other targets set up by themselves

browser: $(RUNTIME)
	@AETHER_ROBOT_CAPABILITIES=browser .venv/bin/aether doctor --install

# The programs that tests of desktops drive: some hundred megabytes, where this user may install them.
desktop: $(DEVELOPMENT)
	@$(PY) -m tests.support.desktops

lock: $(DEVELOPMENT) ## resolve the dependencies anew (UPGRADE=--upgrade for newer ones)
	$(COMPILE) --group build pyproject.toml --output-file requirements.lock
	$(COMPILE) --group dev --all-extras --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

# Universal: one file for every platform and Python. Without addresses: they are a machine's own affair.
COMPILE = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --no-annotate $(UPGRADE)

clean: ## remove what all of this made, and the state of `aether dev`
	rm -rf .venv .aether .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(DEVELOPMENT): $(RUNTIME) requirements-dev.lock
	@$(PY) -m pip install --no-user --quiet --use-pep517 --require-hashes -r requirements.lock -r requirements-dev.lock
	@touch $@

$(RUNTIME): requirements.lock pyproject.toml
	@echo "setting up .venv (once, a minute or two)"
	@for python in $(PYTHONS); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" -m venv --clear .venv; break; \
		fi; \
	done
	@test -x $(PY) || { echo "aether needs Python 3.11 or newer with venv; found $$(python3 --version 2>&1 || true): install it and run make again" >&2; exit 1; }
	@$(PY) -m pip install --no-user --quiet --use-pep517 --require-hashes -r requirements.lock
	@$(PY) -m pip install --no-user --quiet --no-deps --no-build-isolation --editable .
	@touch $@
