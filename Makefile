# One command for each thing a contributor does. `make check` is what a change must pass.

PYTHON ?= python3

.PHONY: install format lint types test test-search test-slow golden golden-diff docs docs-examples pages notebooks gallery reference \
	evidence bench browser mesa-page ranges reliability size check reference-endings reference-simulator

install:  ## everything needed to work on Circuit, in the active environment
	$(PYTHON) -m pip install -c constraints.txt -e '.[dev]'

format:  ## rewrite the sources in the house format
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

lint:  ## say what is not in house format
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types:  ## check types
	$(PYTHON) -m mypy

test:  ## the tests of every change
	$(PYTHON) -m pytest

test-search:  ## the property tests with new random cases
	$(PYTHON) -m pytest -m hypothesis -n auto --hypothesis-profile=search

test-slow:  ## the tests that run batches
	$(PYTHON) -m pytest -m slow -n 0

golden:  ## accept today's numbers as the golden baseline; name the change in CHANGELOG.md
	$(PYTHON) -m tests.golden --write

golden-diff:  ## what has changed against the golden baseline, series by series
	$(PYTHON) -m tests.golden

docs-examples:  ## run every example of README.md and docs/
	$(PYTHON) -m tests.run_docs_examples

pages:  ## write the numbers of README.md and docs/ from results/reference, and what the examples of the tutorial print
	$(PYTHON) docs/stored_numbers.py
	$(PYTHON) -m tests.run_docs_examples --write docs/tutorial.md

notebooks:  ## run the notebooks of docs/notebooks in a fresh kernel and store what they show
	$(PYTHON) -m tests.run_notebooks --write

gallery:  ## draw the figures of docs/gallery.md
	$(PYTHON) docs/draw_gallery.py

docs:  ## build the documentation under site/; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --strict

reference: reference-endings reference-simulator  ## run the headline study again and keep its report, tables and manifest in results/reference/
	$(PYTHON) -m experiments.methods.history results/reference/history
	$(PYTHON) -m experiments.cli compare --study headline --fresh --results results/headline-for-reference
	mkdir -p results/reference/headline/figures results/reference/headline/tables
	cd results/headline-for-reference && cp report.html answer.txt manifest.json ../reference/headline/
	cp results/headline-for-reference/tables/*.csv results/reference/headline/tables/
	cp results/headline-for-reference/figures/*.csv results/reference/headline/figures/
	cd results/headline-for-reference/figures && cp outcome-shares.png effects.png fan-baseline.png ../../reference/headline/figures/

signs:  ## effects of every lever, scenario and policy on its own target and beside it, and what the return rests on, kept
	$(PYTHON) -m experiments.cli signs --results results/signs
	for outcome in boom_return_half gdp_gain paid-off; do $(PYTHON) -m experiments.cli grounds --outcome $$outcome --results results/grounds || exit 1; done
	$(PYTHON) -m experiments.cli drivers --results results/drivers
	mkdir -p results/reference/signs results/reference/grounds results/reference/drivers
	cp results/signs/signs*.csv results/reference/signs/signs.csv
	cp results/grounds/*.csv results/reference/grounds/
	cp results/drivers/* results/reference/drivers/

reference-endings:  ## how runs end and what they cost from both openings, and growth with the boom and without
	mkdir -p results/reference/endings
	$(PYTHON) -m experiments.methods.endings results/reference/endings
	$(PYTHON) -m experiments.cli twin --without boom --vintage 2022Q4 --quarters 20 --runs 200 --results results/twin-for-reference
	cp results/twin-for-reference/twin-without-boom-*-runs200-growth.csv results/reference/endings/twin-baseline-without-boom-2022Q4-growth.csv
	cp results/twin-for-reference/twin-without-boom-*-runs200.csv results/reference/endings/twin-baseline-without-boom-2022Q4.csv
	cp results/twin-for-reference/twin-without-boom-*-runs200.png results/reference/endings/twin-baseline-without-boom-2022Q4.png

reference-simulator:  ## runs weighed by a reader's beliefs beside runs made under them; seven minutes on two idle processors
	$(PYTHON) -m experiments.methods.believed results/reference/simulator

evidence:  ## infer from the record, score forecasts of the past, and keep both; a quarter of an hour on two idle processors
	$(PYTHON) -m experiments.cli calibrate --results results/calibration
	$(PYTHON) -m experiments.cli evidence --results results/evidence
	mkdir -p results/reference/evidence
	cp results/calibration/record.ensemble results/calibration/screening.csv experiments/ensembles/data/
	cd results/calibration && cp parameters.csv prior-check.csv screening.csv coverage.csv ../reference/evidence/
	$(PYTHON) -m experiments.evidence.now results/reference/evidence
	$(PYTHON) -m experiments.methods.before_the_record results/reference/evidence
	$(PYTHON) -m experiments.methods.smoothers results/reference/evidence
	cd results/evidence && cp scores.csv by-series.csv by-horizon.csv shares.csv returns.csv ../reference/evidence/

browser:  ## open the reference report in Chromium: nothing logged, nothing fetched, no serious violation of accessibility
	$(PYTHON) -m pip install -q -c constraints.txt -e '.[browser]'
	$(PYTHON) -m benchmarks.browser results/reference/headline/report.html

mesa-page:  ## open Mesa's page of the economy in Chromium: every step draws, nothing logged, nothing fetched
	$(PYTHON) -m pip install -q -c constraints.txt -e '.[browser,mesa-page]'
	$(PYTHON) -m benchmarks.mesa_page

bench:  ## speed against peers, measured in one run
	$(PYTHON) -m pip install -q -c constraints.txt -e '.[bench]'
	$(PYTHON) -m benchmarks

ranges:  ## all declared ranges and levers at once, 20,000 draws: books, numbers, time
	$(PYTHON) -m experiments.methods.ranges --draws 20000

reliability:  ## what a batch survives: kills, full disks, flipped bits, greedy runs
	$(PYTHON) -m benchmarks.reliability

wheel:  ## a wheel in dist/ with compiled rules, for this Python, this Numba and processors of x86-64-v3
	$(PYTHON) -m experiments.cli compile --into simulation/compiled
	$(PYTHON) -m pip wheel -q --no-deps -w dist .
	$(PYTHON) -m pip install -q wheel
	$(PYTHON) -m wheel tags --remove --python-tag "$$($(PYTHON) -c 'import sys; print(sys.implementation.cache_tag.replace("cpython-", "cp"))')" \
		--platform-tag "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_platform().replace("-", "_"))')" dist/circuit_economy-*-py3-none-any.whl

size:  ## what a large batch costs in time, memory and bytes, and a part of it by Mesa's batch_run
	$(PYTHON) -m benchmarks.size

check: lint types test docs-examples
