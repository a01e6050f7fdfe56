"""The clerk at the form of a directive: what her browser sends, and what the page marks."""

import re
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.urls import reverse

from tests.factories import World
from workflows.models import Directive

NEW = "/directives/new/"


def page_of(directive: Directive) -> str:
    return reverse("directive", args=[directive.public_id])


def entry(world: World, **changes: Any) -> dict[str, Any]:
    """Return what the clerk's browser sends for one sound assignment."""
    fields = {
        "key": str(uuid4()),
        "number": "3983",
        "symbol": "UBND-TKTH",
        "issued_on": "19/06/2020",
        "urgency": "URGENT",
        "subject": "Triển khai Nghị quyết",
        "bases": "84/NQ-CP\n17/NQ-CP",
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        "rows-0-title": "Kế hoạch thực hiện",
        "rows-0-text": "Chủ trì xây dựng kế hoạch",
        "rows-0-lead": str(world.lead.pk),
        "rows-0-coordinating": [str(agency.pk) for agency in world.others],
        "rows-0-product": "PLAN",
        "rows-0-modality": "ORDER",
        "rows-0-due_phrase": "trước ngày 15/7",
    }
    return fields | changes


def marked(response: HttpResponse) -> set[str]:
    """Return the fields the page marks."""
    html = response.content.decode()
    return set(re.findall(r'<span class="err-msg" id="id_([\w-]+)_error">', html))
