#!/bin/sh
# Makes .venv with exactly the packages of uv.lock; touches nothing outside the repository.
set -eu

PYTHON=${PYTHON:-python3}
export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv

if ! "$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))'; then
    echo "Python 3.11 or 3.12 is needed; $PYTHON is $("$PYTHON" --version 2>&1)." >&2
    echo "Install one and run: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
fi
if ! .venv/bin/uv --version >/dev/null 2>&1; then
    "$PYTHON" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
        --requirement scripts/uv.txt
fi
.venv/bin/uv sync --frozen --quiet --python .venv/bin/python
touch .venv/.synced
