"""The Vietnamese catalogue: complete, nothing uncertain, the same placeholders on both sides."""

import re

from babel.messages.pofile import read_po
from django.conf import settings

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
PATH = settings.BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"


def messages():
    with PATH.open("rb") as catalogue:
        return [message for message in read_po(catalogue, locale="vi") if message.id]


def forms(text):
    return [text] if isinstance(text, str) else list(text)


def test_every_message_is_translated():
    assert [m.id for m in messages() if not all(forms(m.string))] == []


def test_nothing_is_fuzzy():
    assert [m.id for m in messages() if m.fuzzy] == []


def test_placeholders_agree():
    assert [message.id for message in messages() if not placeholders_agree(message)] == []


def placeholders_agree(message):
    """A plural may leave the count out of an English form; the one Vietnamese form names what it needs."""
    wanted = {mark for text in forms(message.id) for mark in PLACEHOLDER.findall(text)}
    found = [set(PLACEHOLDER.findall(translation)) for translation in forms(message.string)]
    if isinstance(message.id, str):
        return found == [wanted]
    return all(marks <= wanted for marks in found)
