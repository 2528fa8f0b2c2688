# The table of contents. Every target wraps a line that runs without make.
.PHONY: help run test cover check bench bench-search whoosh-274 bench-documents bench-mail faults messages
VENV := .venv/bin

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

run: ## set up what is missing and serve the portal on http://127.0.0.1:8000
	python3 -m venv .venv && .venv/bin/pip install -q uv && .venv/bin/uv run portal

test: ## every test, on SQLite and PostgreSQL, in a real Chromium
	python3 -m venv .venv && .venv/bin/pip install -q uv && .venv/bin/uv run pytest

cover: ## which lines the tests reach
	$(VENV)/uv run pytest --cov --cov-report=term:skip-covered

check: ## lint, formatting, strict types, the import contract
	sh scripts/check.sh

bench: ## pages beside a bare Flask page, in one run
	$(VENV)/python -m scripts.bench

bench-search: ## search beside tantivy and FTS5; FROM="FILE…" of real documents
	$(VENV)/python -m scripts.bench_search --from $(FROM)

whoosh-274: ## the search's tests with Whoosh 2.7.4 in place of whoosh-reloaded
	sh scripts/check_whoosh_274.sh

bench-documents: ## documents: words read, time until found, a folder of 10,000
	$(VENV)/python -m scripts.bench_documents --all

bench-mail: ## 2,000 mails from the worker to a mail server on loopback
	$(VENV)/python -m scripts.bench_mail

faults: ## the worker killed 50 times while it writes to 2,000 people
	PORTAL_FAULTS=2000/50 $(VENV)/python -m pytest tests/notify/test_faults.py -n0 -s --database sqlite

messages: ## extract the interface's words into portal/translations
	$(VENV)/python -m scripts.messages
