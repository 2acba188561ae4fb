.DEFAULT_GOAL := help
PYTHON := .venv/bin/python

.PHONY: help environment run stop demo test check audit format build deploy replay bench cost pictures openapi

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment ## Run everything on this machine until Ctrl-C
	@exec $(PYTHON) -m tools.stack run

stop: environment ## Stop what make run started
	@$(PYTHON) -m tools.stack stop

demo: environment ## Record and moderate two people on the running stack, play and delete it
	@$(PYTHON) -m tools.demo

test: environment ## Run the tests; ARGS="..." goes to pytest and runs a part
	@$(PYTHON) -m $(if $(strip $(ARGS)),pytest $(ARGS),tools.testing)

check: environment ## Formatting, lint, spelling, types, import rules, template, OpenAPI, web pages
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	.venv/bin/codespell
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m tools.sam validate --lint
	.venv/bin/cfn-lint template.yaml monitoring.yaml
	$(PYTHON) -m tools.openapi --check
	$(PYTHON) -m tools.build.pages --check

audit: environment ## Look for unsafe settings in the templates and for known vulnerabilities
	@$(PYTHON) -m tools.deploy.audit

format: environment ## Format the code and fix what can be fixed
	$(PYTHON) -m ruff format
	$(PYTHON) -m ruff check --fix

build: environment ## Build the layer for AWS Lambda and the web pages
	@$(PYTHON) -m tools.build.layer
	@$(PYTHON) -m tools.build.pages

ENV ?= dev
deploy: build ## Deploy to your AWS account; ENV=prod for [prod] in samconfig.toml, ASK=1 to be asked again
	@$(PYTHON) -m tools.deploy --env $(ENV) $(if $(ASK),--ask)

replay: environment ## Send the dead letters of ENV's stack to their functions again
	@$(PYTHON) -m tools.deploy.replay --env $(ENV)

bench: environment ## Measure, into docs/performance.md; ARGS="whole lists --million" chooses
	@$(PYTHON) -m bench $(ARGS)

cost: environment ## Calculate the costs, into docs/cost.md
	@$(PYTHON) -m bench.cost

pictures: environment ## Take pictures of the web pages, into docs/pictures and .local/pictures
	@$(PYTHON) -m pytest -q tests/browser/console_pictures.py tests/browser/event_pictures.py tests/browser/pictures.py

openapi: environment ## Write functions/web/openapi.json anew
	@$(PYTHON) -m tools.openapi

environment:
	@for python in python3 python3.13 python3.12 python3.11; do \
	  if command -v $$python >/dev/null && $$python -c '' 2>/dev/null; then \
	    exec $$python tools/build/environment.py; \
	  fi; \
	done; \
	echo 'Python 3.11, 3.12 or 3.13 is needed and no Python was found: install one.' >&2; exit 1
