# The one place with recipes. `make` lists them; `make check` is all that CI runs.
.DEFAULT_GOAL := help
SHELL := bash
BIN := .venv/bin

.PHONY: help setup run test check lint types walls docs docs-write picture screenshots lock bench clean

help: ## list the recipes
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv at the root from the lock file
	@tools/setup.sh

run: setup ## recompute Seoul's promises, print the scoreboard, then serve the site
	@$(BIN)/madang promises
	@$(BIN)/madang serve

test: setup ## run every test (installs Chromium where it can)
	@tools/test.sh

check: test lint types walls docs ## everything CI runs: tests, style, types, walls, docs

lint: setup ## style and formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## static types, strict below web
	@$(BIN)/mypy

walls: setup ## which floor may import which
	@$(BIN)/lint-imports

docs: setup ## the generated reference is up to date
	@$(BIN)/python tools/docs_reference.py --check

docs-write: setup ## write the generated reference and the outputs in the pages anew
	@$(BIN)/python tools/docs_reference.py
	@$(BIN)/python tools/docs_pages.py

picture: setup ## draw the README's picture from a real run
	@$(BIN)/python tools/picture.py

screenshots: setup ## take the documentation's pictures of the site (needs Chromium and a Korean font)
	@$(BIN)/python tools/screenshots.py

lock: ## pin the newest allowed versions (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --extra web --extra sample --extra test --extra check -o requirements.lock --upgrade
	uv pip compile pyproject.toml --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --no-header --extra bench -c requirements.lock -o requirements-bench.lock --upgrade

bench: setup ## benchmarks beside the peers, in one run (installs the peers)
	@$(BIN)/python -m pip install --quiet -r requirements-bench.lock
	@for script in benchmarks/*.py; do \
	  case $$script in benchmarks/ledger_*) on=tools/with_postgres.sh;; *) on=;; esac; \
	  echo "== $$script"; $$on $(BIN)/python $$script || exit 1; \
	done

clean: ## remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
