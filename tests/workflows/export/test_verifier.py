"""The verifier by itself: without packages, outside the project, in any locale; its Ed25519 against others'."""

import ast
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.workflows.export.desk import run_alone
from workflows.documents.offline import verify
from workflows.documents.offline.verify import L, is_signed

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_signatures_of_the_standard_are_right_and_changed_ones_wrong(vector):
    key, message, signature = map(bytes.fromhex, vector)

    assert is_signed(key, message, signature)
    assert not is_signed(key, message + b"x", signature)
    for at in (0, 31, 32, 63):
        assert not is_signed(key, message, signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :])
        if at < 32:
            assert not is_signed(key[:at] + bytes([key[at] ^ 1]) + key[at + 1 :], message, signature)


def test_signatures_of_another_program_are_right():
    for number in range(20):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        message = b"m" * number * 7
        assert is_signed(key.public_key().public_bytes_raw(), message, key.sign(message))


def test_malleable_and_short_signatures_are_wrong():
    key, message, signature = map(bytes.fromhex, VECTORS[1])
    more = (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")

    assert not is_signed(key, message, signature[:32] + more)
    assert not is_signed(key, message, signature[:63])
    assert not is_signed(key[:31], message, signature)
    assert not is_signed(b"\xff" * 32, message, signature)


def test_verifier_imports_the_standard_library_alone():
    tree = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported <= sys.stdlib_module_names


@pytest.fixture
def outside(exported, tmp_path):
    """A folder outside the project with an export, packed and unpacked."""
    (tmp_path / "Hồ sơ.zip").write_bytes(exported.sealed)
    with ZipFile(tmp_path / "Hồ sơ.zip") as box:
        box.extractall(tmp_path / "mở ra")
    return tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("mở ra/verify.py",), ("mở ra/verify.py", "Hồ sơ.zip")])
def test_verifier_of_the_export_runs_alone_packed_and_unpacked(outside, arguments):
    done = run_alone(*arguments, cwd=outside)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("KẾT LUẬN: TOÀN VẸN | WHOLE\n")


@pytest.mark.django_db
def test_verifier_speaks_vietnamese_in_a_locale_that_does_not(outside):
    done = run_alone("mở ra/verify.py", cwd=outside, LC_ALL="C", PYTHONUTF8="0")

    assert "ĐẠT / OK: " in done.stdout
    assert done.returncode == 0


@pytest.mark.django_db
def test_verifier_exits_with_1_where_an_unpacked_file_was_changed(outside):
    place = next((outside / "mở ra" / "files").glob("*/Dự toán.pdf"))
    place.write_bytes(place.read_bytes() + b" ")

    done = run_alone("mở ra/verify.py", cwd=outside)

    assert done.returncode == 1
    assert "Dự toán.pdf: its content was changed" in done.stdout
