# `make demo` and `make test` need Python 3.11+, make and git, and do everything else themselves.
# One environment serves both: tests and checks add less than 100 MB to the 1.1 GB that an audit needs.

bin := .venv/bin
python := $(bin)/python
made := .venv/made
arguments ?= -n 2

.PHONY: help demo test lint types walls check wheel clean

help:
	@echo "make demo    the sample model's dossier, as HTML and PDF, in demo/"
	@echo "make test    all tests (arguments='tests/stats -x' passes arguments to pytest)"
	@echo "make check   lint, types and import walls"
	@echo "make wheel   wheel and sdist in dist/"
	@echo "make clean   remove what the others made, .venv included"

$(made): pyproject.toml constraints.txt .ci/environment .ci/system
	@.ci/environment

# 1 says that a criterion of the sample is not met, as it is meant to be; 9 that there is no PDF library.
demo: $(made)
	@code=0; $(bin)/explainaudit demo credit --output demo/ || code=$$?; \
	case $$code in 0|1|9) ;; *) exit $$code ;; esac; \
	echo; \
	for page in packet.html packet.pdf; do \
	    test ! -f demo/restricted/$$page || echo "$$(pwd)/demo/restricted/$$page"; \
	done; \
	test -f demo/restricted/packet.html

test: $(made)
	@$(python) -m pytest $(arguments)

check: lint types walls

lint: $(made)
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .

types: $(made)
	@$(python) -m mypy

walls: $(made)
	@$(python) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

wheel: $(made)
	@rm -rf dist
	@$(python) -m build --no-isolation --outdir dist

clean:
	@rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
