"""Asking the virus scanner: its protocol, and that whatever it does ends in a verdict or a ScannerError, in time."""

import io
import socket

import pytest

from tests.clamd import EICAR, clamd
from workflows.uploads.clamd import ScannerDownError, ScannerError, scan


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr("workflows.uploads.clamd.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr("workflows.uploads.clamd.CONNECT_SECONDS", 0.5)


def asked(daemon, content):
    return scan(io.BytesIO(content), daemon.address)


def test_clean_file_is_clean_and_arrives_whole():
    content = bytes(range(256)) * 1_000

    with clamd() as daemon:
        assert asked(daemon, content) == ""

    assert daemon.seen == [content]


def test_eicar_is_found():
    with clamd() as daemon:
        assert asked(daemon, b"x" * 70_000 + EICAR) == "Eicar-Signature"


def test_unix_socket_is_spoken_to_as_well(tmp_path):
    with clamd(path=tmp_path / "clamd.sock") as daemon:
        assert asked(daemon, b"a") == ""
        assert scan(io.BytesIO(EICAR), f"unix:{daemon.address}") == "Eicar-Signature"


@pytest.mark.parametrize("mode", ["garbage", "empty", "endless"])
def test_answer_that_is_none_is_an_error(mode):
    with clamd(mode) as daemon, pytest.raises(ScannerError):
        asked(daemon, b"a")


def test_scanner_that_keeps_silent_is_down_in_time():
    with clamd("silent") as daemon, pytest.raises(ScannerDownError, match="Timeout"):
        asked(daemon, b"a")


def test_file_too_large_for_the_scanner_is_an_error_that_says_so():
    with clamd(largest=100_000) as daemon, pytest.raises(ScannerError) as refusal:
        asked(daemon, bytes(200_000))

    assert not isinstance(refusal.value, ScannerDownError) or "Reset" in str(refusal.value)


def test_nobody_listening_is_down(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    for address in (f"127.0.0.1:{port}", str(tmp_path / "none.sock")):
        with pytest.raises(ScannerDownError):
            scan(io.BytesIO(b"a"), address)


@pytest.mark.parametrize("address", ["clamav", "host:", "host:port"])
def test_address_that_is_none_is_an_error(address):
    with pytest.raises(ScannerError, match="CLAMD is no address"):
        scan(io.BytesIO(b"a"), address)
