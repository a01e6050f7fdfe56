#!/bin/sh
# Make .venv from the newest Python at hand and install one hash-locked list into it: runtime (default) or dev.
# Repeatable; does nothing when the list installed last is the list of now.
set -eu
cd "$(dirname "$0")/.."
list="${1:-runtime}"
lock="requirements/$list.txt"
venv="${VENV:-.venv}"
python="$venv/bin/python"

usable() { # shims of version managers may exist without the Python they name
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "setup: Python 3.11, 3.12 or 3.13 is needed and was not found (PYTHON=/path/to/python names one)" >&2
    exit 1
}

if ! "$python" -c 'import sys' >/dev/null 2>&1; then
    base="$(find_python)"
    rm -rf "$venv"
    # Debian ships venv without ensurepip; then the pip of that Python installs into the new environment.
    "$base" -m venv "$venv" >/dev/null 2>&1 || "$base" -m venv --clear --without-pip "$venv"
    echo "setup: $venv made with $("$python" -c 'import platform; print("Python", platform.python_version())')"
fi

if cmp -s "$lock" "$venv/$list.installed"; then
    exit 0
fi
if "$python" -c 'import pip' >/dev/null 2>&1; then
    set -- "$python" -m pip
else
    set -- "$(find_python)" -m pip --python "$python"
fi
"$@" -qq --disable-pip-version-check --no-input install --require-hashes --only-binary :all: -r "$lock"
cp "$lock" "$venv/$list.installed"
# dev.txt holds every line of runtime.txt at the same version.
if [ "$list" = dev ]; then cp requirements/runtime.txt "$venv/runtime.installed"; fi
echo "setup: $lock is installed in $venv"
