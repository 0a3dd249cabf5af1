PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

.PHONY: help install dev demo test lint format bench lock build clean

help:                ## what can be made
	@grep -E '^[a-z]+: .*##|^[a-z]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python requirements/runtime.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.demonstration: $(VENV)/.installed requirements/demo.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/demo.lock
	@touch $@

$(VENV)/.developer: $(VENV)/.installed requirements/dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

install: $(VENV)/.installed  ## .venv with the command .venv/bin/mailgateway

dev: $(VENV)/.developer  ## the same, with everything that tests and checks need

demo: $(VENV)/.demonstration  ## mail becomes tickets, an escalation and a report, before your eyes (ARGS=--once ends by itself)
	$(BIN)/mailgateway demo $(ARGS)

test: dev            ## the whole test suite, on real servers (installs them when missing)
	@sh tests/install-servers.sh
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(ARGS)

lint: dev            ## style, types, dependency rules, known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python requirements/audit.py requirements/dev.lock

format: dev          ## let ruff lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: dev           ## the benchmarks; see docs/performance.md
	$(BIN)/python -m benchmarks $(ARGS)

lock:                ## renew requirements/*.lock from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --output-file requirements/runtime.lock pyproject.toml requirements/build.in
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --constraint requirements/runtime.lock \
	  --extra demo --output-file requirements/demo.lock pyproject.toml requirements/build.in
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --constraint requirements/runtime.lock \
	  --extra s3 --output-file requirements/s3.lock pyproject.toml requirements/build.in
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --constraint requirements/demo.lock --constraint requirements/s3.lock \
	  --extra demo --extra s3 --group dev --output-file requirements/dev.lock pyproject.toml requirements/build.in

build: dev           ## wheel and sdist in dist/
	$(BIN)/python -m build --no-isolation

clean:               ## remove what was made
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache
