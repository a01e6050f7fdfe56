# Two commands matter: `make run` and `make test`. The rest are their parts.
PORT ?= 8000
HOST ?= 127.0.0.1
ONLY ?=
export PORT HOST
PYTHON_BIN := .venv/bin/python
MANAGE := $(PYTHON_BIN) manage.py

.PHONY: help setup dev compile run test check fmt shots bench faults messages lock

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

setup: ## Make .venv and install the hash-locked runtime
	@sh scripts/setup.sh runtime

dev: ## Install the hash-locked development tools as well
	@sh scripts/setup.sh dev

compile: setup
	@$(PYTHON_BIN) scripts/compile_messages.py

run: compile ## Start the whole system with demonstration data on http://$(HOST):$(PORT)
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo
	@exec $(MANAGE) serve

test: ## Check everything and run the whole suite on SQLite and on PostgreSQL with Redis
	@sh scripts/test.sh

check: dev ## Format, lint, types, contracts, templates, migrations, deployment settings
	@$(PYTHON_BIN) scripts/run_checks.py

fmt: dev ## Format the code
	@$(PYTHON_BIN) -m ruff check --fix --exit-zero --quiet .
	@$(PYTHON_BIN) -m ruff format .

shots: dev compile ## Photograph every page into shots/
	@$(PYTHON_BIN) scripts/shots.py

bench: dev compile ## Measure: every script of benchmarks/, or one with ONLY=name
	@$(PYTHON_BIN) scripts/run_bench.py $(ONLY)

faults: dev compile ## Kill, cut and race: tests/faults
	@$(PYTHON_BIN) scripts/run_tests.py faults

messages: dev ## Bring locale/ up to date with the source (needs gettext)
	@command -v xgettext >/dev/null || { echo "messages: gettext is needed (apt-get install gettext)"; exit 1; }
	@$(MANAGE) makemessages --locale vi --no-wrap --no-obsolete --add-location file \
		--ignore '.venv*' --ignore 'tests/*' --ignore 'var/*'

lock: ## Lock the dependencies anew, with hashes (needs uv)
	@command -v uv >/dev/null || { echo "lock: uv is needed (pip install uv)"; exit 1; }
	@uv pip compile pyproject.toml --generate-hashes --universal --python-version 3.11 --no-header \
		--no-emit-index-url -o requirements/runtime.txt --quiet
	@uv pip compile pyproject.toml --generate-hashes --universal --python-version 3.11 --no-header \
		--no-emit-index-url --group dev -c requirements/runtime.txt -o requirements/dev.txt --quiet
