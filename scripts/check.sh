#!/bin/sh
# Lint, formatting, strict types, the import contract. Everything is said before it fails.
cd "$(dirname "$0")/.." || exit 1
failed=0
for command in "ruff check ." "ruff format --check ." "mypy" "lint-imports"; do
    echo "── $command"
    # shellcheck disable=SC2086  # the words of the command
    .venv/bin/uv run --quiet $command || failed=1
done
exit $failed
