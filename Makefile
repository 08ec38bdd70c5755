# Needs Python >= 3.11 with venv, and make. Everything else is installed into .venv from requirements.lock.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
WORKERS ?= auto
UV ?= uv

BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install run format check test test-clients test-pages contract fuzz bench lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv with all that is needed

# pip refuses hashes beside an editable project, hence two steps; hatchling is in the lock, so that nothing unpinned builds the second.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python >= 3.11 is needed; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: $(INSTALLED) ## serve what is shipped (PORT=8080 HOST=127.0.0.1)
	@exec $(BIN)/mockserver serve --host $(HOST) --port $(PORT)

format: $(INSTALLED) ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(INSTALLED) ## formatting, lint, types, imports, documents and fixtures: seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/mockserver lint

test: check ## check, and all tests: what CI runs (WORKERS=auto)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

test-clients: $(INSTALLED) ## run published clients against the mock (needs PyPI, npm, node and openssl)
	$(BIN)/python -m pytest -m clients tests/clients

test-pages: $(INSTALLED) ## look at the pages in a Chromium (needs one, and PyPI); pictures in .clients/pictures
	$(BIN)/python -m pytest -m pages tests/clients

contract: export MOCKSERVER_CONTRACT_API = $(API)
contract: export MOCKSERVER_CONTRACT_URL = $(URL)
contract: export MOCKSERVER_CONTRACT_CREDENTIAL = $(value CREDENTIAL)
contract: export MOCKSERVER_CONTRACT_WRITES = $(WRITES)
contract: export MOCKSERVER_CONTRACT_RATE = $(RATE)
contract: export MOCKSERVER_CONTRACT_SEED = $(SEED)
contract: $(INSTALLED) ## hold a deployment to its document (API= URL= CREDENTIAL=, WRITES=1 to write, RATE= a second, SEED=)
	@$(if $(and $(API),$(URL),$(CREDENTIAL)),,$(error make contract API=activecampaign URL=https://... CREDENTIAL=... [WRITES=1] [RATE=5] [SEED=1]))$(BIN)/python -m pytest -k named_deployment -rP tests/contract/test_deployment.py

fuzz: $(INSTALLED) ## fuzz the mock, every operation and several seeds: minutes
	$(BIN)/python -m pytest -m fuzz tests/contract/test_fuzz.py

bench: $(INSTALLED) ## compare speed and memory, side by side; writes bench/RESULTS.md (throughput needs wrk)
	$(BIN)/python -m bench.run

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	$(UV) pip compile pyproject.toml --extra contract --extra dev --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file requirements.lock

clean: ## remove .venv, caches and builds
	rm -rf .venv .clients .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis .coverage htmlcov build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
