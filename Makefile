# The two that matter: `make ask` tries it, `make test` proves it. Both install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := assistant models synth training eval

.DEFAULT_GOAL := help
.PHONY: help ask pull test lint types unit bench clean

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

ask: $(VENV)/.base pull ## Fetch the default model and run it on a vague spec
	$(BIN)/clarify ask examples/library.py || [ $$? -eq 3 ]

pull: $(VENV)/.base ## Fetch the default model, once
	$(BIN)/clarify models pull

test: lint types unit ## All checks and tests; needs no GPU and no API key

lint: $(VENV)/.dev ## Style, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev ## Static types
	$(BIN)/mypy

unit: $(VENV)/.dev pull ## The tests alone, those on the real model and in a terminal included
	$(BIN)/pytest

bench: $(VENV)/.dev pull ## Measurements, by hand
	$(BIN)/python -m benchmarks.bench_import
	$(BIN)/python -m benchmarks.bench_runtime
	$(BIN)/python -m benchmarks.bench_sandbox
	$(BIN)/python -m benchmarks.bench_synth
	$(BIN)/python -m benchmarks.bench_llm_generator --processes 2
	$(BIN)/python -m benchmarks.bench_eval_scoring
	$(BIN)/python -m benchmarks.bench_adapter
	$(BIN)/python -m benchmarks.bench_attention
	$(BIN)/clarify synth build --source corpus --limit 600 --out build/bench/corpus.jsonl
	$(BIN)/python -m benchmarks.bench_training build/bench/corpus.jsonl --steps 2

include paper.mk
include study.mk

clean: ## Forget the environment; models stay
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.dev: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
