"""Measuring the search beside tantivy and SQLite FTS5: see `scripts.bench_search`."""
