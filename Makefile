# Two commands: `make site` and `make test`. Each sets up what it needs, once.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SETUP  := pyproject.toml constraints.txt
# What builds the package is pinned as well: pip 25.3 and later wants the second, others the first.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
# Set TORCH_INDEX to a package index that has CPU builds of torch; pip's default brings CUDA along.

.PHONY: site serve test lint types format lighthouse reproducible audit clean

# The whole way: install, check the notes, run the snippets, build the site.
site: $(VENV)/site.installed
	$(BIN)/paper-notes check
	$(BIN)/paper-notes run
	$(BIN)/paper-notes build --strict
	@echo
	@echo "The site is in site/. Look at it with:  make serve   (then open http://127.0.0.1:8000/)"

# For writing: shows the site and rebuilds it when a file is saved.
serve: $(VENV)/site.installed
	$(BIN)/paper-notes serve

# Lint, types and every test.
test: lint types
	$(BIN)/python -m pytest

lint: $(VENV)/test.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check tools tests --exclude tests/snippets --exclude tests/data
	$(BIN)/paper-notes fmt --check

types: $(VENV)/test.installed
	$(BIN)/mypy

format: $(VENV)/test.installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format tools tests --exclude tests/snippets --exclude tests/data
	$(BIN)/paper-notes fmt

# Google's measure of a page; needs node. Writes docs/benchmarks/lighthouse.md.
lighthouse: $(VENV)/test.installed
	PAPER_NOTES_SITE_URL=https://notes.example.org/ $(BIN)/paper-notes build
	$(BIN)/python -m benchmarks.lighthouse

# Builds the newest commit twice in circumstances that differ in everything, and compares the bytes.
reproducible: $(VENV)/test.installed
	$(BIN)/python -m benchmarks.reproducible

# Known weaknesses of the pinned packages; asks the advisory database, so it needs the network.
# Strict: a package that could not be asked about is no package without weaknesses.
audit: $(VENV)/audit.installed
	$(BIN)/pip-audit --strict --requirement constraints.txt --no-deps --disable-pip

clean:
	rm -rf build site

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# torch comes first and alone: nothing but torch may come from its own index.
$(VENV)/torch.installed: $(SETUP) | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) \
		--no-deps "$$(grep '^torch==' constraints.txt)"
	@touch $@

$(VENV)/site.installed: $(SETUP) | $(VENV)/torch.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[site,contribute,snippets]"
	@touch $@

$(VENV)/test.installed: $(SETUP) | $(VENV)/torch.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[site,contribute,snippets,test]"
	@touch $@

$(VENV)/audit.installed: $(SETUP) | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt "$$(grep '^pip.audit==' constraints.txt)"
	@touch $@
