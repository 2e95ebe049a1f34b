# The commands of the README. Each makes the environment it needs in .venv first; later that costs nothing.
# Another interpreter: make test PYTHON=python3.13

PYTHON ?= python3
PY := .venv/bin/python
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)

ifdef UV
install = uv pip install --quiet --python $(PY) -c constraints.txt
else
install = $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
endif

export NO_MKDOCS_2_WARNING = 1

.PHONY: help demo test check docs outputs bench

help:
	@echo "make demo    watch the harness reject a wrong solution of kata 07, and accept a right one"
	@echo "make test    every check there is"
	@echo "make check   those that take seconds: formatting, lint, types, layers"
	@echo "make docs    build the site into site/"
	@echo "make outputs store anew what commands print, for the pages and the README"
	@echo "make bench   measure what has to be fast"

demo: .venv/.runtime
	@$(PY) -m harness.demo

test: .venv/.everything
	@.ci/checks

check: .venv/.everything
	@.ci/checks ruff format mypy layers

docs: .venv/.everything
	@$(PY) -m mkdocs build --strict
	@echo "The site: site/index.html"

outputs: .venv/.everything
	@$(PY) docs/_generate/outputs.py
	@$(PY) docs/_generate/measures.py
	@$(PY) docs/_generate/verdicts.py

bench: .venv/.runtime
	@$(PY) -m harness.bench

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or later is needed, and $(PYTHON) is not. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
ifdef UV
	@uv venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
else
	@$(PYTHON) -m venv .venv
endif

.venv/.runtime: pyproject.toml constraints.txt | $(PY)
	@echo "Installing into .venv what judging needs ..."
	@$(install) -e '.[engines]' || { echo "Without the engines: kata doctor says which katas they cost."; $(install) -e .; }
	@touch $@

.venv/.everything: pyproject.toml constraints.txt | $(PY)
	@echo "Installing into .venv what judging, checking and the site need ..."
	@$(install) -e '.[engines,dev,docs]'
	@touch $@ .venv/.runtime
