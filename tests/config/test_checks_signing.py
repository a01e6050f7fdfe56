"""The start-up check of the rules of signing."""

import pytest

from config.checks import check_signing

FAULTS = {
    "SIGNING_ADAPTER is unknown.": {"adapter": "blockchain"},
    "SIGNING_PKCS12 names no file.": {"adapter": "pades", "pkcs12": "/nowhere/key.p12"},
    "SIGNING_TRUST_ROOTS names no folder.": {"trust_roots": "/nowhere"},
    "SIGNING_BY_ORDER has unknown entries.": {"by_order": {"papers": ["CV", "XX"], "citation": ""}},
    "SIGNING_COLLECTIVE has unknown entries.": {"collective": {"kinds": ["VILLAGE"], "citation": ""}},
}


@pytest.mark.parametrize("message", FAULTS)
def test_signing_refuses_one_fault(settings, message):
    settings.SIGNING = settings.SIGNING | FAULTS[message]

    assert [(found.msg, found.id) for found in check_signing()] == [(message, "site.E018")]


def test_signing_with_its_key_and_roots_is_right(settings, tmp_path):
    (tmp_path / "key.p12").write_bytes(b"key")
    files = {"adapter": "pades", "pkcs12": str(tmp_path / "key.p12"), "trust_roots": str(tmp_path)}
    settings.SIGNING = settings.SIGNING | files

    assert check_signing() == []
