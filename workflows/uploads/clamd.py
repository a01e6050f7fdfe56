"""Asking ClamAV's daemon about a file: its INSTREAM command over a Unix or TCP socket, every wait bounded.

Source: clamd(8), section "Commands".
"""

import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import IO

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
STEP = 64 * 1024
LONGEST_ANSWER = 4_096


class ScannerError(Exception):
    """The scanner gave no verdict on this file; says what it answered."""


class ScannerDownError(ScannerError):
    """The scanner is not there, or took too long."""


def scan(file: IO[bytes], address: str) -> str:
    """Return the name of the virus in a file, empty where the scanner finds it clean.

    `address` is host:port, or the path of a Unix socket, with or without unix: before it.

    Raises:
        ScannerDownError: nobody answers.
        ScannerError: there is no verdict.
    """
    try:
        with _connected(address) as connection:
            answer = _asked(connection, file)
    except OSError as error:
        raise ScannerDownError(f"{type(error).__name__}: {error}") from error
    return _verdict(answer)


def _connected(address: str) -> socket.socket:
    path = address.removeprefix("unix:")
    if path.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(str(Path(path)))
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.removeprefix("tcp:").rpartition(":")
    if not port.isdecimal():
        raise ScannerError(f"CLAMD is no address: {address}")
    return socket.create_connection((host.strip("[]/"), int(port)), CONNECT_SECONDS)


def _asked(connection: socket.socket, file: IO[bytes]) -> bytes:
    connection.settimeout(ANSWER_SECONDS)
    connection.sendall(b"zINSTREAM\0")
    # It hangs up on a file that is too large for it: the answer, where it came through, says so.
    with suppress(BrokenPipeError):
        while chunk := file.read(STEP):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
    answer = b""
    while b"\0" not in answer and len(answer) <= LONGEST_ANSWER:
        piece = connection.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer


def _verdict(answer: bytes) -> str:
    said = answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
    name = said.removeprefix("stream: ").removesuffix(" FOUND")
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND") and name:
        return name
    raise ScannerError(said[:200] or "no answer")
