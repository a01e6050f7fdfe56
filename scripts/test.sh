#!/bin/sh
# `make test`: the environment first, then scripts/run_tests.py does and times the rest.
set -eu
cd "$(dirname "$0")/.."
TEST_STARTED="$(date +%s)"
export TEST_STARTED
sh scripts/setup.sh dev
exec "${VENV:-.venv}/bin/python" scripts/run_tests.py "$@"
