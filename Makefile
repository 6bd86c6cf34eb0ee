# All of klastry's chores. Needs make and Python 3.11 or newer; everything else comes into .venv.

PYTHON ?= $(shell for name in python3 python python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; \
	done; echo python3)

# -P: modules of the working folder must not stand in for installed ones.
VENV := .venv/bin/python
PIP := $(VENV) -m pip --disable-pip-version-check --no-input
PYTEST := $(VENV) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
# Tests over random scripts: a few of them every day, many in the long run.
LAWS := $(filter-out tests/test_publish_laws.py tests/test_calendar_laws.py,$(wildcard tests/test_*laws*.py)) \
	tests/test_rebuilding.py tests/test_gaps.py
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header

.PHONY: help demo test test-all test-long test-faults check lock pictures clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo      show the main job, offline: four days of model pages, visited and published'
	@echo 'make test      lint, types, arrows between the packages, and the tests (a few minutes)'
	@echo 'make test-all  the same and the long tests'
	@echo 'make test-faults  of the long tests those of faults, kills, the soak, PostgreSQL and the browser'
	@echo 'make lock      write the requirement files anew from pyproject.toml (needs uv)'
	@echo 'make pictures  draw the pictures of the documentation anew (needs chromium)'
	@echo 'make clean     remove .venv and all that was built'
	@echo
	@echo 'PYTHON=python3.12 make …  chooses the Python that .venv is made of'

demo: .venv/ready
	@$(VENV) -P -m monitor.cli demo || test $$? -eq 130

test: check
	@$(PYTEST) -m 'not long'

test-all: test test-long

test-long: .venv/long
	@$(PYTEST) -m long
	@KLASTRY_LAWS=10 $(PYTEST) -m 'not long' $(LAWS)

# The long tests of faults, kills, the soak, PostgreSQL and the browser.
test-faults: .venv/long
	@$(PYTEST) -m long tests/test_faults_*.py tests/process tests/test_pages_seen.py tests/test_search_seen.py

check: .venv/ready
	@$(VENV) -m ruff check --quiet .
	@$(VENV) -m ruff format --check --quiet .
	@$(VENV) -m mypy --no-error-summary
	@$(VENV) -c 'from importlinter.cli import lint_imports_command as lint; lint()' >.venv/arrows.txt \
		|| { cat .venv/arrows.txt; exit 1; }

.venv/ready: pyproject.toml requirements.txt requirements-dev.txt
	@command -v '$(PYTHON)' >/dev/null || { echo 'make: no $(PYTHON) here: install Python 3.11 or newer' \
		'or give PYTHON=/path/to/python' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11) and "make: klastry needs Python 3.11 or \
	newer, $(PYTHON) is " + sys.version.split()[0] + ": give PYTHON=/path/to/a/newer/python")'
	@echo 'Making .venv (once; it takes a minute or two) …'
	@'$(PYTHON)' -m venv .venv || { echo 'make: .venv cannot be made: try make clean;' \
		'on Debian and Ubuntu install python3-venv' >&2; exit 1; }
	@$(PIP) install --quiet --require-hashes --no-deps --requirement requirements-dev.txt
	@$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

.venv/long: .venv/ready requirements-long.txt
	@$(PIP) install --quiet --require-hashes --no-deps --requirement requirements-long.txt
	@touch $@

lock:
	@$(COMPILE) pyproject.toml --output-file requirements.txt
	@$(COMPILE) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	@$(COMPILE) pyproject.toml --group dev --group long --constraint requirements-dev.txt \
		--output-file requirements-long.txt

pictures: .venv/long
	@$(VENV) docs/screenshots.py

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
