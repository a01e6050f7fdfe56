"""Putting hostile text into every field people fill, through the real forms; works beside a running system.

Each stage takes the texts it has fields for, one a field, and tells which pages show them, to whom.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Max
from django.test import Client, override_settings
from django.urls import reverse

from tests import factories, handed_in
from tests.factories import World
from tests.workflows.desk import Desk, errors
from tests.workflows.entry_desk import entry
from tests.workflows.plan_desk import in_days, page_of, signed_in, url
from workflows.domain import dispositions, plans
from workflows.domain.calendars import load_calendar
from workflows.models import Annex, Assignment, Directive, Paragraph, Treatment

MOST_ANNEXES = 18
UNLIMITED = dict.fromkeys(("post", "upload", "export", "download", "stranger_post"), (10**9, 60))
Pages = list[tuple[str, str]]


class Injector:
    """One case; `left` are the texts that have not stood anywhere yet, `fields` counts how many took one."""

    def __init__(self, world: World, texts: list[str], size: int) -> None:
        self.size = size
        self.world, self.all, self.left = world, list(texts), list(texts)
        self.fields: dict[str, int] = {}
        self._again = 0

    def take(self, field: str, most: int = 250) -> str:
        """Return the next text that fits; the ones used already once all have been."""
        self.fields[field] = self.fields.get(field, 0) + 1
        for at, text in enumerate(self.left):
            if len(text) <= most:
                return self.left.pop(at)
        self._again += 1
        short = [text for text in self.all if len(text) <= most]
        return short[self._again % len(short)]

    # --- stages -------------------------------------------------------------------------------------------------------

    def draft(self) -> Pages:
        """Enter and issue a directive, and write its plan."""
        self.assignment = self._entered()
        Desk(self.world.who("skhdt.specialist"), self.assignment, "receive").post("accept")
        self.assignment.refresh_from_db()
        self._write()
        self._annex()
        self._itemise()
        plan = self.assignment.plan.public_id
        return [
            ("vp.clerk", reverse("directive", args=[self.assignment.directive.public_id])),
            ("vp.clerk", f"{reverse('directive-list')}?{urlencode({'q': self.take('search')})}"),
            ("skhdt.specialist", reverse("plan", args=[plan])),
            ("skhdt.specialist", reverse("plan-annexes", args=[plan])),
            ("skhdt.specialist", reverse("plan-items", args=[plan]) + "?edit=new"),
            ("skhdt.specialist", reverse("plan-request", args=[plan])),
            ("skhdt.specialist", reverse("inbox")),
        ]

    def consult(self) -> Pages:
        """Return the draft once with a reason, ask for opinions and give them."""
        lead, case = self.world.who("skhdt.head"), self.assignment
        factories.act(self.world.who("skhdt.specialist"), case, "draft", "finish")
        _sent(Desk(lead, case, "sign_request").post("return", reason=self.take("return reason")))
        factories.act(self.world.who("skhdt.specialist"), case, "draft", "finish")
        day = load_calendar().next_working_day(in_days(9))
        given = {
            "due_on": f"{day:%d/%m/%Y}",
            "note": self.take("request note"),
            "request_number": self.take("number", 60),
        }
        _sent(Desk(lead, case, "sign_request").post("send", accepts_short_reserve="on", **given))
        around = [
            (f"{agency.code}.head", _task(case, "prepare_opinion", agency)) for agency in self.world.others
        ]
        for agency in self.world.others:
            self._answer(agency)
        plan = case.plan.public_id
        return [
            *[(who, address) for who, address in around],
            ("skhdt.specialist", reverse("consultation", args=[case.public_id])),
            ("skhdt.specialist", reverse("plan-dispositions", args=[plan])),
            ("skhdt.specialist", reverse("plan-opinions", args=[plan])),
            ("skhdt.head", reverse("notifications")),
        ]

    def decide(self) -> Pages:
        """Answer the remarks, put the plan forward, review it and let the Committee send it back."""
        case, who = self.assignment, self.world.who
        for remark in dispositions.open_remarks(case):
            text = self.take("disposition")
            specialist = factories.actor(who("skhdt.specialist"))
            dispositions.dispose_remark(remark, actor=specialist, treatment=Treatment.EXPLAINED, text=text)
        factories.act(who("skhdt.specialist"), case, "dispose", "finish")
        submit = Desk(who("skhdt.head"), case, "sign_submission")
        _sent(submit.post("submit", document_number=self.take("submission number", 60)))
        _sent(Desk(who("vp.specialist"), case, "review").post("ask", text=self.take("inquiry")), strict=False)
        factories.act(who("vp.specialist"), case, "review", "clear", text=self.take("review"))
        factories.act(who("vp.head"), case, "sign_review", "sign", text=self.take("review signed"))
        return [
            ("ubnd.chair", _task(case, "decide")),
            ("vp.head", reverse("plan-sheet", args=[case.plan.public_id])),
            ("skhdt.head", reverse("plan-dispositions", args=[case.plan.public_id])),
            ("ubnd.chair", reverse("plan", args=[case.plan.public_id])),
            ("ubnd.chair", reverse("inbox")),
        ]

    def sent_back(self) -> Pages:
        """Let the Committee send the plan back with requirements."""
        case, who = self.assignment, self.world.who
        lines = "\n".join(self.take("requirement") for _number in range(5))
        _sent(Desk(who("ubnd.chair"), case, "decide").post("return", requirements=lines))
        plan = case.plan.public_id
        return [
            ("skhdt.specialist", reverse("plan", args=[plan])),
            ("skhdt.specialist", reverse("plan-revisions", args=[plan])),
            ("skhdt.specialist", reverse("plan-dispositions", args=[plan])),
            ("skhdt.specialist", reverse("assignment", args=[case.public_id])),
            ("skhdt.specialist", reverse("notifications")),
        ]

    # --- forms --------------------------------------------------------------------------------------------------------

    def _entered(self) -> Assignment:
        clerk = signed_in(self.world.who("vp.clerk"))
        fields = {
            "subject": self.take("subject"),
            "bases": self.take("bases"),
            "rows-0-title": self.take("title"),
            "rows-0-text": self.take("assignment text"),
            "rows-0-due_phrase": self.take("due phrase", 120),
            "rows-0-basis": self.take("basis", 200),
            "rows-0-target": self.take("target"),
        }
        last = Directive.objects.aggregate(last=Max("number"))["last"] or 0
        number = str(max(int(last), 20_000) + 1)
        today = f"{in_days(0):%d/%m/%Y}"
        sent = clerk.post(
            reverse("directive-new"), entry(self.world, number=number, issued_on=today, **fields)
        )
        assert sent.status_code == 302, sent.content.decode()[-3_000:]
        directive = Directive.objects.order_by("-id")[0]
        issued = clerk.post(
            reverse("directive-issue", args=[directive.public_id]),
            {"key": str(uuid4()), **_seen(clerk, directive)},
        )
        assert issued.status_code == 302, issued.content.decode()[-3_000:]
        return directive.assignments.select_related("directive", "lead").get()

    def _write(self) -> None:
        revision = plans.current_revision(self.assignment)
        for position in range(200, 200 + self.size):
            Paragraph.objects.create(revision=revision, position=position, level="POINT", text="x")
        typed = page_of(self.assignment)
        typed |= {
            name: self.take("paragraph")
            for name, text in typed.items()
            if name.startswith("p-") and text == "x"
        }
        sent = signed_in(self.world.who("skhdt.specialist")).post(
            url(self.assignment), {"op": "save", **typed}
        )
        assert sent.status_code == 302, sent.status_code

    def _annex(self) -> None:
        drafter, address = signed_in(self.world.who("skhdt.specialist")), url(self.assignment, "plan-annexes")
        uploads = []
        for _number in range(min(self.size, MOST_ANNEXES)):
            upload = SimpleUploadedFile("a.png", handed_in.png(chunks=[(b"tEXt", f"n\0{_number}".encode())]))
            # As browsers write it (HTML, multipart form data).
            text = self.take("file name", 180).replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
            upload._name = f"{text}a.png"
            uploads.append(upload)
        _sent(drafter.post(address, {"op": "add", "uploads": uploads}))
        titles = {}
        for annex in Annex.objects.filter(revision=plans.current_revision(self.assignment))[: self.size // 2]:
            titles |= {f"t-{annex.key}": self.take("annex title"), f"b-{annex.key}": annex.title}
        assert drafter.post(address, {"op": "save", **titles}).status_code == 302

    def _itemise(self) -> None:
        drafter = signed_in(self.world.who("skhdt.specialist"))
        for _number in range(max(self.size // 5, 1)):
            fields = {name: self.take(f"item {name}", 190) for name in ("task", "product", "target")}
            sent = drafter.post(
                url(self.assignment, "plan-items"), {"lead": str(self.world.lead.pk), **fields}
            )
            assert sent.status_code == 302, sent.status_code

    def _answer(self, agency: Any) -> None:
        remarks = {"remarks-TOTAL_FORMS": str(self.size), "remarks-INITIAL_FORMS": "0"}
        for number in range(self.size):
            remarks[f"remarks-{number}-text"] = self.take("remark")
            remarks[f"remarks-{number}-suggestion"] = self.take("suggestion")
        given = {
            "stance": "DISAGREE",
            "reason": self.take("opinion reason"),
            "document_number": self.take("answer number", 60),
        }
        desk = Desk(self.world.who(f"{agency.code}.head"), self.assignment, "prepare_opinion", agency)
        _sent(desk.post("sign", **given, **remarks))


def stage(world: World, texts: list[str], size: int) -> Iterator[tuple[Pages, Injector]]:
    """Bring one case through its stages; yield the pages to look at after each."""
    injector = Injector(world, texts, size)
    for step in (injector.draft, injector.consult, injector.decide, injector.sent_back):
        with override_settings(LIMITS=UNLIMITED, ALLOWED_HOSTS=["testserver"]), _quiet():
            pages = step()
        yield pages, injector


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep log lines off standard output, where answers to orders go."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _sent(response: Any, *, strict: bool = True) -> None:
    if strict and response.status_code != 302:
        raise AssertionError(response.status_code, _refusal(response))


def _refusal(response: Any) -> Any:
    """Return what a refused form says."""
    if response.context and "form" in response.context and hasattr(response.context["form"], "errors"):
        return errors(response), response.context.get("refused")
    return response.content.decode()[:300]


def _task(case: Assignment, node: str, agency: Any = None) -> str:
    return reverse("task", args=[factories.open_task(case, node, agency).public_id])


def _seen(clerk: Client, directive: Directive) -> dict[str, str]:
    html = clerk.get(reverse("directive", args=[directive.public_id])).content.decode()
    found = re.search(r'name="seen" value="([^"]*)"', html)
    return {"seen": found[1]} if found else {}
