"""The measures of style.md: short functions, short files, whole lock files."""

import ast
import re
import statistics
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("config", "accounts", "notifications", "workflows", "scripts")
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)
MODULES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in SOURCES}


def functions():
    """Yield (where, lines) of each function; a docstring is no code."""
    for name, text in MODULES.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                has_docstring = ast.get_docstring(node) is not None
                docstring = first.end_lineno - first.lineno + 1 if has_docstring else 0
                yield f"{name}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1 - docstring


def test_no_function_is_longer_than_50_lines():
    assert [(where, lines) for where, lines in functions() if lines > 50] == []


def test_median_function_is_at_most_10_lines():
    assert statistics.median(lines for _where, lines in functions()) <= 10


def test_no_file_is_longer_than_400_lines():
    assert [name for name, text in MODULES.items() if text.count("\n") > 400] == []


def test_no_pile_of_odds_and_ends():
    assert [name for name in MODULES if re.search(r"(^|/)(utils|helpers|misc|common)(\.py|/)", name)] == []


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        (r"db\.models(\.| import )signals|^@receiver\(", ""),
        (r"^\s+ordering\s*=", "models"),
        (r"^\s+def save\(", "models"),
    ],
    ids=["signal receivers", "Meta.ordering", "save()"],
)
def test_models_hold_no_hidden_logic(pattern, files):
    found = {
        name for name, text in MODULES.items() if files in name and re.search(pattern, text, re.MULTILINE)
    }

    assert found == set()


def requirement_names(lines):
    return {re.split(r"[\[<>=! ;]", line, maxsplit=1)[0].lower() for line in lines}


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_lock_holds_every_dependency_with_hashes_and_no_index(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + (
        project["dependency-groups"]["dev"] if lock == "dev" else []
    )
    blocks = [block for block in re.split(r"\n(?=\S)", text) if re.match(r"[a-z0-9]", block)]

    assert requirement_names(wanted) <= requirement_names(blocks)
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_locks_agree_on_every_version():
    def versions(lock):
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9][^ ]*==\S+)", text, re.MULTILINE))

    assert versions("runtime") <= versions("dev")
