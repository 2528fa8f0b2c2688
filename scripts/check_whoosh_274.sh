#!/bin/sh
# The way out: the engine's tests with Whoosh 2.7.4, in an environment of its own.
set -e
cd "$(dirname "$0")/.."
folder=${1:-/tmp/portal-whoosh-274}
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
.venv/bin/uv export --quiet --no-hashes --no-emit-project | grep -v -i '^whoosh' > "$folder/needed.txt"
VIRTUAL_ENV=$folder .venv/bin/uv pip install --quiet -r "$folder/needed.txt" 'Whoosh==2.7.4'
PYTHONPATH=. "$folder/bin/python" -W ignore::SyntaxWarning -m pytest -n0 -q --database sqlite \
    tests/search/test_same_as_whoosh.py tests/search/test_engine.py tests/search/test_damage.py
