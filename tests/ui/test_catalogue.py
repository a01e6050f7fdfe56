"""The Vietnamese catalogue: complete, nothing uncertain, the same placeholders on both sides."""

import io
import re

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
PATH = settings.BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"
PACKAGES = ("accounts", "config", "notifications", "workflows")
PLAIN, PLURAL, IN_CONTEXT = None, (1, 2), ((1, "c"), 2)
KEYWORDS = {
    "_": PLAIN,
    "gettext": PLAIN,
    "gettext_lazy": PLAIN,
    "gettext_noop": PLAIN,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": IN_CONTEXT,
    "pgettext_lazy": IN_CONTEXT,
    "npgettext": (*IN_CONTEXT, 3),
}


def messages():
    with PATH.open("rb") as catalogue:
        return [message for message in read_po(catalogue, locale="vi") if message.id]


def forms(text):
    return [text] if isinstance(text, str) else list(text)


def sources():
    """Yield every module, and every template as the Python that Django makes of it to find its messages."""
    for package in PACKAGES:
        for path in (settings.BASE_DIR / package).rglob("*.py"):
            yield path.read_text(encoding="utf-8")
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        lines = templatize(path.read_text(encoding="utf-8")).splitlines()
        yield "\n".join(line.strip() for line in lines)


def written():
    """Every (context, message) that stands in the source; of a plural, its singular."""
    return {
        (context, message if isinstance(message, str) else message[0])
        for source in sources()
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS)
    }


def test_catalogue_holds_what_the_source_says_and_nothing_else():
    known = {(message.context, forms(message.id)[0]) for message in messages()}

    assert written() - known == set()
    assert known - written() == set()


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
