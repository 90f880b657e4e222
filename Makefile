# Everything a person or CI does here. `make help` lists it.
# Needs Python 3.11 or newer, git, make and a package registry; the rest goes into .venv.

.DEFAULT_GOAL := help
.NOTPARALLEL:

# The first interpreter that truly runs and is new enough; choose with `make test PYTHON=python3.12`.
RECENT := import sys, venv; sys.exit(sys.version_info < (3, 11))
FIRST := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(RECENT)' 2>/dev/null && echo $$p && break; done)
PYTHON ?= $(FIRST)
# A shim on PATH may refuse to run while the version is here: then it is looked for.
HOST := $(shell $(PYTHON) -c '$(RECENT)' 2>/dev/null && echo $(PYTHON) \
	|| $(or $(FIRST),false) tools/interpreters.py --find $(PYTHON) 2>/dev/null)

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PARALLEL := -n 2 --dist worksteal
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml
# What the tests of the gateway need beyond the inspection; `pip install tenken` brings none of it.
EXTRAS := --extra serve --extra vertex --extra bedrock --extra azure --extra parquet

.PHONY: help
help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --------------------------------------------------------------------------- to look at it

.PHONY: demo
demo: python ## inspect the example, prove by fault what is wrong, and again behind the gateway
	@$(HOST) tools/environment.py .venv requirements/example.txt
	@$(BIN)/tenken demo

.PHONY: console
console: python ## open the console on what the last demonstration left: traffic, an incident, its postmortem
	@$(HOST) tools/environment.py .venv requirements/example.txt
	@test -f .tenken/demo/tenken.yaml || $(BIN)/tenken demo
	@$(BIN)/tenken console .tenken/demo

.PHONY: demo-model
demo-model: python ## ask a small real model on this machine through the gateway (fetches 93 MB, once)
	@$(HOST) tools/environment.py .venv requirements/embedded.txt
	@XDG_CACHE_HOME=$(CURDIR)/.cache $(BIN)/tenken embedded fetch
	@XDG_CACHE_HOME=$(CURDIR)/.cache $(BIN)/tenken demo --model

# ---------------------------------------------------------------------------- to change it

.PHONY: setup
setup: python ## make .venv with everything that development needs
	@$(HOST) tools/environment.py .venv requirements/dev.txt

.PHONY: unit
unit: setup ## the quick tests
	$(PYTEST) $(PARALLEL) -m "not live and not slow"

.PHONY: live
live: system setup model node-clients ## the tests that start real processes
	$(PYTEST) tests -m live

.PHONY: fix
fix: setup ## format, and mend what can be mended by a machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: check
check: setup ## lint, types, the contract on imports, dependencies, the change log
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/towncrier build --draft --version next >/dev/null

.PHONY: test
test: system setup check model node-clients versions ## everything that CI runs
	$(PYTEST) $(PARALLEL) --cov --cov-report=term

.PHONY: versions
versions: setup ## the unit tests on every other supported Python of this machine
	$(BIN)/python tools/interpreters.py --test

.PHONY: cover
cover: setup ## coverage as pages, in htmlcov/
	$(PYTEST) $(PARALLEL) -m "not live" --cov --cov-report=term --cov-report=html

FUZZED = tests/fuzz tests/gateway/hostile/test_fuzz.py tests/wire/test_sse.py \
	tests/transport/test_intake.py tests/transport/test_chunks.py

.PHONY: fuzz
fuzz: setup ## hostile input to gateway and readers, longer than in `make test`
	HYPOTHESIS_PROFILE=fuzz $(PYTEST) $(PARALLEL) $(FUZZED) --timeout=3600

.PHONY: bench
bench: setup ## the speed figures of bench/
	$(BIN)/python bench/speed/run.py

.PHONY: promises
promises: setup ## what the gateway promises, in its long form (hours; bench/promises says what each means)
	@$(BIN)/python bench/promises/all.py

.PHONY: model
model: setup ## fetch the embedded model (93 MB, once) for the tests that ask it
	@XDG_CACHE_HOME=$(CURDIR)/.cache $(BIN)/tenken embedded fetch

.PHONY: node-clients
node-clients: system setup ## fetch the official Node clients and axe (once) for the tests with them
	@$(BIN)/python tools/node_clients.py

# --------------------------------------------------------------------------- to publish it

.PHONY: generate
generate: setup ## write anew what is made from something else: schemas, reference, checklist
	$(BIN)/python -m tools.generated

.PHONY: names
names: setup ## write the lists of Japanese names anew from their package (fetches 0.5 MB)
	$(BIN)/python tools/names.py

.PHONY: htmx
htmx: setup ## write the console's one foreign script anew from its package (fetches 0.2 MB)
	$(BIN)/python tools/htmx.py

.PHONY: docs
docs: setup ## build the documentation into site/
	$(BIN)/zensical build --strict --clean

.PHONY: wheel
wheel: setup ## build the wheel into dist/
	$(BIN)/hatchling build --clean --target wheel

.PHONY: install-size
install-size: wheel ## packages and megabytes of `pip install tenken`
	$(BIN)/python tools/install_size.py

.PHONY: lock
lock: setup ## write requirements/ anew from pyproject.toml, releases at least a week old
	$(LOCK) --upgrade $(EXTRAS) --extra embedded --group dev --output-file requirements/dev.txt
	$(LOCK) --constraint requirements/dev.txt $(EXTRAS) --group test \
		--output-file requirements/test.txt
	$(LOCK) --constraint requirements/dev.txt --extra serve --group example --group build \
		--output-file requirements/example.txt
	$(LOCK) --constraint requirements/dev.txt --extra serve --group build \
		--output-file requirements/serve.txt
	$(LOCK) --constraint requirements/dev.txt --extra serve --extra embedded --group build \
		--output-file requirements/embedded.txt
	$(LOCK) --constraint requirements/dev.txt --group build --output-file requirements/run.txt

# ----------------------------------------------------------------------------- the machine

.PHONY: system
system: python ## install the Debian packages of the live tests (as root), or say how
	@$(HOST) tools/system.py

.PHONY: clean
clean: ## remove everything that was built
	rm -rf .venv .venv-3.* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf .cache .coverage .coverage.* htmlcov site dist build
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.PHONY: python
python:
	@test -n "$(HOST)" || { echo "No Python 3.11 or newer behind '$(PYTHON)';" \
		"name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
