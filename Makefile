# Everything a person or CI does here. Each target sets up what it needs in .venv, and does so again only when the text of
# requirements.lock or pyproject.toml is no longer the one that .venv was made from (a copy of each is kept in there).
# A set-up that was cut short leaves no copy, so the next make does it anew.

PYTHON ?=
INPUTS ?= seeds
WAREHOUSE ?= data
UPGRADE ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --no-deps

# Nothing is reported to anyone: not by Prefect's server, not by its client.
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export PIP_NO_PYTHON_VERSION_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint bench lock clean setup

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: setup  ## Mill the texts in seeds/ into the warehouse data/ and show what came out (INPUTS=, WAREHOUSE=)
	@$(BIN)/newsmill run $(INPUTS) --warehouse "$(WAREHOUSE)"
	@$(BIN)/newsmill query --warehouse "$(WAREHOUSE)" \
	  "SELECT quad_class, event_type, count(*) AS events, count(DISTINCT document_id) AS documents \
	   FROM event_facts GROUP BY ALL ORDER BY events DESC, event_type"
	@printf '\nNow try:  (. .venv/bin/activate first, or write .venv/bin/newsmill)\n'
	@printf '  %s\n' \
	  'newsmill tables                                   what there is; newsmill tables events: its columns' \
	  'newsmill query "SELECT * FROM event_facts"        any DuckDB SQL; --format csv or json' \
	  'newsmill show 000_e4c073b4cb4d64d8.txt            a text with its entities and events marked' \
	  'newsmill code "France condemned the attack."      code one sentence at once' \
	  'newsmill run my-articles/ --warehouse mine        your own texts'

test: lint  ## Set up, then all checks: style, types, import rule, tests (under five minutes)
	@echo '== pytest'
	@$(BIN)/python -m pytest

lint: setup  ## Style, types and the import rule alone
	@echo '== ruff'
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo '== mypy'
	@$(BIN)/mypy
	@echo '== import-linter'
	@$(BIN)/lint-imports --verbose > .venv/import-linter.log 2>&1 || { cat .venv/import-linter.log; exit 1; }
	@echo 'imports go one way'

bench: setup  ## Measure speed and print it as tables
	@$(BIN)/python -m benchmarks.speed
	@$(BIN)/python -m benchmarks.entities
	@$(BIN)/python -m benchmarks.coding
	@$(BIN)/python -m benchmarks.gazetteer

lock: setup  ## Resolve pyproject.toml into requirements.lock (UPGRADE=--upgrade takes newer versions)
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
	  --extra dev $(UPGRADE) pyproject.toml -o requirements.lock
	@echo 'requirements.lock is up to date; the next make installs it'

clean:  ## Remove .venv and all caches; a warehouse is never touched
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +

# The lock is complete, so pip need not resolve it (--no-deps); every file must have the hash that the lock gives.
setup:
	@cmp -s requirements.lock .venv/installed.lock || { \
	  for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3); do \
	    "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && { found="$$python"; break; }; \
	  done; \
	  if [ -z "$${found:-}" ]; then \
	    echo "error: no Python from 3.11 to 3.14 among: $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3)." >&2; \
	    echo "Install one, or say where it is: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; \
	  fi; \
	  echo "Setting up .venv with $$($$found --version): $$(grep -c '==' requirements.lock) packages, one to three minutes, once."; \
	  rm -rf .venv && $$found -m venv .venv && $(PIP) --require-hashes --only-binary :all: -r requirements.lock \
	  && cp requirements.lock .venv/installed.lock \
	  || { echo "error: .venv could not be set up; the lines above say why. Run make again when that is solved." >&2; exit 1; }; }
	@cmp -s pyproject.toml .venv/installed.toml || { \
	  $(PIP) --no-build-isolation --editable . && cp pyproject.toml .venv/installed.toml; }
