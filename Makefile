# Everything a fresh machine needs: Python 3.11 or newer, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install demo test quick nightly check lint types layers unit bench lock schemas clean

install: $(VENV)/.installed

# An editable install follows every edit; only new dependencies ask for a new environment.
$(VENV)/.installed: requirements/dev.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: install  ## the main job, on an embedded AWS
	$(BIN)/org-bootstrap demo

test: check unit  ## every check, and every test with ten storms, which the commit draws

quick: install  ## the tests that need no emulator
	$(BIN)/pytest -n auto --dist worksteal -m "not emulator"

nightly: check  ## every check, and every test with all storms, crash points and sizes
	$(BIN)/pytest -n auto --dist worksteal --nightly

check: lint types layers

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

layers: install
	$(BIN)/lint-imports --no-cache

unit: install
	$(BIN)/pytest -n auto --dist worksteal

bench: install  ## what a plan costs over 50 to 5,000 accounts, into bench/
	$(BIN)/python -m bench

schemas: install  ## rewrite the JSON Schemas from the models
	$(BIN)/python -m bootstrap.spec.schema
	$(BIN)/python -m bootstrap.workflow.schemas

lock: install  ## resolve the dependencies anew; no registry's address is written down
	$(BIN)/uv pip compile pyproject.toml --group dev --extra emulator --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --upgrade --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
