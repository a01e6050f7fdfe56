"""PNG and JPEG, piece by piece: whole, of a size a screen can bear, and nothing behind the end.

What a camera noted (place, time) stays in the file: it is evidence, kept to the byte under its SHA-256.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from .verdicts import BROKEN, DIMENSIONS, DISGUISED, MISMATCH, WEB_MARKS, refuse, refuse_second_face

MOST_POINTS = 10_000  # in either direction
STEP = 1024 * 1024

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {1, 2, 4, 8, 16}

JPEG_HEAD = b"\xff\xd8\xff"
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
SCAN, END = 0xDA, 0xD9
# What is no part of the coded picture: a marker that is neither a stuffed byte, a restart nor padding.
MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
LEAST_SEGMENT = 2


def _refuse_polyglot(content: bytes) -> None:
    refuse_second_face(content)
    lower = content.lower()
    refuse(DISGUISED, when=any(mark in lower for mark in WEB_MARKS))
    refuse(DISGUISED, when=zipfile.is_zipfile(BytesIO(content)))


def _refuse_size(width: int, height: int) -> None:
    refuse(BROKEN, when=not (width and height))
    refuse(DIMENSIONS, when=max(width, height) > MOST_POINTS)


# --- PNG -------------------------------------------------------------------------------------------------------------


def inspect_png(content: bytes) -> None:
    """Read every chunk of a PNG.

    Raises:
        RefusedError: no PNG, too many points, damaged, or something hides in it.
    """
    refuse(MISMATCH, when=not content.startswith(PNG_HEAD))
    chunks = list(_chunks(content))
    refuse(BROKEN, when=not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13)
    header = chunks[0][1]
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    _refuse_size(width, height)
    refuse(BROKEN, when=header[8] not in DEPTHS or header[9] not in CHANNELS)
    _refuse_polyglot(content)
    bits = header[8] * CHANNELS[header[9]]
    # An interlaced picture has up to seven times the row ends; the bound need not be sharp.
    most = ((width * bits + 7) // 8 + 1) * height * (1 if header[12] == 0 else 2) + 64 * STEP * (
        header[12] != 0
    )
    _inflate((body for kind, body in chunks if kind == b"IDAT"), most, exact=header[12] == 0)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_HEAD)
    while True:
        size = int.from_bytes(content[at : at + 4], "big")
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        crc = content[at + 8 + size : at + 12 + size]
        refuse(BROKEN, when=len(body) != size or len(crc) != 4)
        refuse(BROKEN, when=zlib.crc32(kind + body) != int.from_bytes(crc, "big"))
        yield kind, body
        at += 12 + size
        if kind == b"IEND":
            refuse(DISGUISED, when=at != len(content))
            return


def _inflate(parts: Iterator[bytes], most: int, *, exact: bool) -> None:
    """Unpack the picture in steps and keep none of it."""
    unpack, size = zlib.decompressobj(), 0
    for part in parts:
        rest = part
        while rest and not unpack.eof:
            size += len(unpack.decompress(rest, STEP))
            refuse(BROKEN, when=size > most)
            rest = unpack.unconsumed_tail
    refuse(BROKEN, when=not unpack.eof or (exact and size != most))


# --- JPEG ------------------------------------------------------------------------------------------------------------


def inspect_jpeg(content: bytes) -> None:
    """Walk along the markers of a JPEG to its end.

    Raises:
        RefusedError: no JPEG, too many points, damaged, or something hides in it.
    """
    refuse(MISMATCH, when=not content.startswith(JPEG_HEAD))
    at, framed, scanned = 2, False, False
    while True:
        marker, at = _marker(content, at)
        if marker == END:
            break
        size = int.from_bytes(content[at : at + 2], "big")
        refuse(BROKEN, when=size < LEAST_SEGMENT or at + size > len(content))
        if marker in FRAMES:
            framed = True
            _refuse_size(
                int.from_bytes(content[at + 5 : at + 7], "big"),
                int.from_bytes(content[at + 3 : at + 5], "big"),
            )
        at += size
        if marker == SCAN:
            scanned = True
            found = MARKER.search(content, at)
            refuse(BROKEN, when=found is None)
            at = found.start() if found else at
    refuse(BROKEN, when=not (framed and scanned))
    refuse(DISGUISED, when=content[at:].strip(b"\x00\r\n"))
    _refuse_polyglot(content)


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """Return the marker at a place and where what belongs to it begins."""
    refuse(BROKEN, when=content[at : at + 1] != b"\xff")
    while content[at : at + 1] == b"\xff":
        at += 1
    refuse(BROKEN, when=at >= len(content))
    return content[at], at + 1
