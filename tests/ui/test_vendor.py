"""What we did not write is what we think it is."""

import hashlib
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
VENDOR = STATIC / "vendor"
NOT_CODE = {"MANIFEST.sha256", "README.md"}


def manifest() -> dict[str, str]:
    lines = (VENDOR / "MANIFEST.sha256").read_text().splitlines()
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}


def test_every_vendored_file_has_the_hash_of_the_manifest():
    files = {path.name: path for path in VENDOR.iterdir() if path.name not in NOT_CODE}

    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == manifest()


def test_htmx_and_its_extension_are_one_file():
    bundle = (VENDOR / "htmx-bundle.js").read_text()

    assert 'this.version="4.0.1"' in bundle
    assert 'htmx.registerExtension("upsert"' in bundle


def test_fonts_carry_their_licences():
    names = {path.name for path in (STATIC / "fonts").iterdir()}

    assert {"OFL-source-sans.txt", "OFL-source-serif.txt"} < names
