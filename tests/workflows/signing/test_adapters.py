"""Adapters: what is recorded is not signed, what is signed is signed whole."""

import pytest

from tests.workflows.signing import keys
from workflows.models import SigningState
from workflows.signing import work
from workflows.signing.adapters import ADAPTERS, PadesFile, RecordOnly, Signed, SigningError, adapter_named


@pytest.fixture
def pades(settings, tmp_path):
    key = keys.write_key(tmp_path / "key.p12")
    settings.SIGNING = settings.SIGNING | {
        "pkcs12": str(key), "password": keys.PASSWORD, "trust_roots": str(keys.write_roots(tmp_path / "roots")),
    }  # fmt: skip
    return settings


def test_record_only_leaves_the_paper_as_it_is_and_claims_nothing():
    paper = keys.plain_pdf()

    assert RecordOnly().sign(paper) == Signed(paper, SigningState.RECORDED, "", None)
    assert RecordOnly.note == "Ghi nhận trong hệ thống, không phải chữ ký số"


def test_pades_signs_the_whole_paper(pades, tmp_path):
    signed = PadesFile().sign(keys.plain_pdf())

    (tmp_path / "a.pdf").write_bytes(signed.content)
    (found,) = work.signatures_in(tmp_path / "a.pdf")
    assert (signed.state, signed.signer, signed.signed_at is not None) == (
        SigningState.SIGNED,
        keys.SIGNER,
        True,
    )
    assert [found[name] for name in ("signer", "issuer", "intact", "valid", "trusted", "covers_whole_file")] == [
        keys.SIGNER, keys.ISSUER, True, True, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"pkcs12": ""}, "SIGNING_PKCS12 names no file"),
        ({"pkcs12": "/nowhere/key.p12"}, "SIGNING_PKCS12 names no file"),
        ({"password": "sai"}, "the PKCS#12 file cannot be read with its password"),
    ],
)
def test_pades_without_its_key_says_what_is_missing(pades, wrong, words):
    pades.SIGNING = pades.SIGNING | wrong

    with pytest.raises(SigningError) as refusal:
        PadesFile().sign(keys.plain_pdf())

    assert str(refusal.value) == words


def test_pades_does_not_sign_with_a_certificate_that_has_ended(pades, tmp_path):
    pades.SIGNING = pades.SIGNING | {"pkcs12": str(keys.write_key(tmp_path / "old.p12", ended=True))}

    with pytest.raises(SigningError) as refusal:
        PadesFile().sign(keys.plain_pdf())

    assert str(refusal.value) == "the certificate does not hold now"


def test_pades_refuses_what_is_no_pdf(pades):
    with pytest.raises(SigningError):
        PadesFile().sign(b"no pdf")


def test_adapters_go_by_their_names():
    assert {name: type(adapter_named(name)) for name in ADAPTERS} == {
        "record": RecordOnly,
        "pades": PadesFile,
    }
    with pytest.raises(SigningError):
        adapter_named("blockchain")
