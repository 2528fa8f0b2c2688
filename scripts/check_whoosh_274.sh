#!/bin/sh
# The way out: the engine's tests with Whoosh 2.7.4 in place of whoosh-reloaded, in an environment
# of its own. The package is the one of this hash; all others are those of uv.lock.
set -e
cd "$(dirname "$0")/.."
folder=${1:-/tmp/portal-whoosh-274}
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
.venv/bin/uv export --quiet --no-emit-project --no-emit-package whoosh-reloaded \
    > "$folder/needed.txt"
echo 'Whoosh==2.7.4' \
    '--hash=sha256:aa39c3c3426e3fd107dcb4bde64ca1e276a65a889d9085a6e4b54ba82420a852' \
    >> "$folder/needed.txt"
# Compiled at once: Python 3.11 warns of old escapes in it, and a test's warning is an error.
VIRTUAL_ENV=$folder .venv/bin/uv pip install --quiet --compile-bytecode --require-hashes \
    -r "$folder/needed.txt"
PYTHONPATH=. "$folder/bin/python" -m pytest -n0 -q --database sqlite \
    tests/search/test_same_as_whoosh.py tests/search/test_engine.py tests/search/test_damage.py
