"""Why a file is refused: words of the inspecting program, which `workflows.domain.file_kinds` says in sentences."""

MISMATCH = "mismatch"  # no such file at all
BROKEN = "broken"
ENCRYPTED = "encrypted"
MACROS = "macros"
EMBEDDED = "embedded"
EXTERNAL = "external"
SCRIPT = "script"
BOMB = "bomb"
DISGUISED = "disguised"
DIMENSIONS = "dimensions"
UNCHECKED = "unchecked"  # the inspection did not come to an end

WEB_MARKS = (b"<script", b"<?php", b"<html", b"<!doctype")
FIRST = 1_024  # bytes in which readers look for the head of a PDF


class RefusedError(Exception):
    """The file is not taken; `verdict` says why."""

    def __init__(self, verdict: str) -> None:
        super().__init__(verdict)
        self.verdict = verdict


def refuse(verdict: str, *, when: object = True) -> None:
    """Refuse the file where the condition holds.

    Raises:
        RefusedError: it does.
    """
    if when:
        raise RefusedError(verdict)


def refuse_second_face(content: bytes) -> None:
    """Refuse a file that is a page of the web or a PDF as well, depending on who reads it.

    Raises:
        RefusedError: it is.
    """
    head = content[:FIRST].lower()
    refuse(DISGUISED, when=any(mark in head for mark in WEB_MARKS))
    refuse(DISGUISED, when=head.find(b"%pdf-") > 0)
