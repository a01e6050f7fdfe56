"""What the page of a round is drawn from: which round, who looks at it, and what she may know of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from accounts.views.addresses import key_of, link
from workflows import policies
from workflows.domain.calendars import load_calendar
from workflows.models import (
    Assignment,
    CaseTask,
    Consultation,
    Extension,
    ExtensionState,
    Opinion,
    OpinionState,
    Question,
    QuestionAnswer,
    Reminder,
    ReminderKind,
    Stance,
)

from .agencies import Names, names_on
from .base import CaseRequest
from .holders import Reader
from .keyset import PAGE

STATES: dict[str, Q] = {
    "": Q(),
    "waiting": Q(state=OpinionState.ASKED),
    "answered": Q(state=OpinionState.GIVEN),
    "disagree": Q(stance=Stance.DISAGREE),
    "silent": Q(state=OpinionState.SILENT),
    "withdrawn": Q(state=OpinionState.WITHDRAWN),
}


@dataclass(frozen=True, slots=True)
class After:
    """The last agency of the page before, as offices list them."""

    order: int
    code: str
    key: int

    @classmethod
    def parse(cls, text: str) -> "After | None":
        """Return the place a link names, None where it names none."""
        order, _, rest = text.partition("~")
        code, _, key = rest.rpartition("~")
        numbers = key_of(order), key_of(key)
        if None in numbers or not code or "\x00" in code:
            return None
        return cls(int(order), code, int(key))

    def narrow(self) -> Q:
        """Return the condition of the rows that follow."""
        order, code = "participation__agency__order", "participation__agency__code"
        return (
            Q(**{f"{order}__gt": self.order})
            | Q(**{order: self.order, f"{code}__gt": self.code})
            | Q(**{order: self.order, code: self.code, "id__gt": self.key})
        )

    @classmethod
    def of(cls, opinion: Opinion) -> "After":
        """Return the place of an opinion."""
        agency = opinion.participation.agency
        return cls(agency.order, agency.code, opinion.pk)

    def __str__(self) -> str:
        return f"{self.order}~{self.code}~{self.key}"


class RoundPage:
    """One round as one person may look at it. Every question to the database is asked once, where somebody needs it."""

    def __init__(self, asker: CaseRequest, assignment: Assignment) -> None:
        self.asker = asker
        self.assignment = assignment
        self.now = timezone.now()

    # --- which round

    @cached_property
    def rounds(self) -> list[Consultation]:
        """The assignment's rounds, newest first; `is_readable` tells whether the person may read the request."""
        readable = policies.readable_requests(self.asker.hats, self.asker.user)
        found = Consultation.objects.filter(assignment=self.assignment).annotate(
            is_readable=Exists(readable.filter(pk=OuterRef("pk")))
        )
        related = found.select_related("revision__plan", "signed_by", "closed_by")
        rounds: list[Consultation] = list(related.order_by("-round", "-id"))
        for consultation in rounds:
            consultation.assignment = self.assignment
        return rounds

    @cached_property
    def consultation(self) -> Consultation:
        """The round asked for with ?round=, else the newest; 404 where there is none."""
        wanted = self.asker.GET.get("round", "")
        for consultation in self.rounds:
            if wanted in {"", str(consultation.round)}:
                return consultation
        raise Http404

    @property
    def is_open(self) -> bool:
        """Tell whether answers are waited for."""
        return not self.consultation.is_closed

    # --- who looks

    @property
    def is_readable(self) -> bool:
        """Tell whether the person may read the request, and who was asked."""
        return bool(vars(self.consultation)["is_readable"])

    @cached_property
    def is_lead(self) -> bool:
        """Tell whether the person is of the lead agency."""
        return policies.sees_draft(self.asker.hats, self.asker.user, self.assignment)

    @cached_property
    def sees_all(self) -> bool:
        """Tell whether the person may read every answer with its proof."""
        return self.is_lead or policies.sees_all_answers(self.asker.hats, self.asker.user, self.assignment)

    @cached_property
    def can_run(self) -> bool:
        """Tell whether the person may change the round."""
        return (
            self.is_open
            and self.is_lead
            and policies.may_run_round(self.asker.hats, self.asker.user, self.consultation)
        )

    @cached_property
    def can_remind(self) -> bool:
        """Tell whether the person may remind the silent agencies."""
        return (
            self.is_open
            and self.is_lead
            and (self.can_run or policies.may_remind(self.asker.hats, self.asker.user, self.consultation))
        )

    @cached_property
    def visible(self) -> Collection[int]:
        """The opinions of the round whose stance the person may know, where she does not see all."""
        seen = policies.visible_opinions(self.asker.hats, self.asker.user, self.assignment, sees_all=False)
        return frozenset(seen.filter(consultation=self.consultation).values_list("pk", flat=True))

    def knows(self, opinion: Opinion) -> bool:
        """Tell whether she may know what an agency said."""
        return self.sees_all or opinion.pk in self.visible

    def is_own(self, opinion: Opinion) -> bool:
        """Tell whether it is her own agency's."""
        return any(own.pk == opinion.pk for own in self.own)

    # --- the opinions

    @cached_property
    def own(self) -> list[Opinion]:
        """What was asked of the person's own agencies in this round; `may_prepare` where she may answer for them."""
        asked = policies.opinions_asked_of(self.asker.hats, self.asker.user)
        may_prepare = policies.opinions_to_prepare(self.asker.hats, self.asker.user)
        found = _with_words(asked.filter(consultation=self.consultation)).annotate(
            may_prepare=Exists(may_prepare.filter(pk=OuterRef("pk")))
        )
        return self._of_round(found.in_order())

    @cached_property
    def state(self) -> str:
        """The filter of the list; what disagrees is told to those alone who may read every answer."""
        wanted = self.asker.GET.get("state", "")
        return wanted if wanted in STATES and (wanted != "disagree" or self.sees_all) else ""

    @cached_property
    def after(self) -> After | None:
        """Where the page of the list starts."""
        return After.parse(self.asker.GET.get("after", ""))

    @cached_property
    def found(self) -> list[Opinion]:
        """One page of the round's opinions and one more where there are more."""
        opinions = Opinion.objects.filter(STATES[self.state], consultation=self.consultation)
        if self.after:
            opinions = opinions.filter(self.after.narrow())
        page = self._of_round(_with_words(opinions).in_order()[: PAGE + 1])
        whole = [each for each in page if self.sees_all or self.is_own(each)]
        prefetch_related_objects([*whole, *self.own], "reminders", "extensions", "earlier__signed_by")
        return page

    @property
    def rows(self) -> list[Opinion]:
        """The opinions of this page of the list."""
        return self.found[:PAGE]

    @cached_property
    def wishes(self) -> list[Extension]:
        """The wishes for more time that wait for the lead's answer, oldest first."""
        if not (self.is_open and self.is_lead):
            return []
        asked = Extension.objects.filter(
            opinion__consultation=self.consultation,
            opinion__state=OpinionState.ASKED,
            state=ExtensionState.ASKED,
        ).select_related("opinion__participation__agency")
        wishes = list(asked.order_by("asked_at", "id")[:PAGE])
        for wish in wishes:
            wish.opinion.consultation = self.consultation
        return wishes

    @cached_property
    def waiting(self) -> list[Opinion]:
        """All opinions that are waited for, for the form of more time."""
        found = self.consultation.opinions.unanswered().select_related("participation__agency")
        return self._of_round(found.in_order())

    @cached_property
    def missing(self) -> list[Opinion]:
        """Required answers that are missing, some of them: what keeps the round from being closed early."""
        found = self.consultation.opinions.unanswered().filter(is_required=True)
        return list(found.select_related("participation__agency").in_order()[:8]) if self.can_run else []

    @cached_property
    def figures(self) -> dict[str, Any]:
        """How many were asked and what came of it; one statement."""
        states, stances = Q(state=OpinionState.ASKED), Stance
        return self.consultation.opinions.aggregate(
            asked=Count("pk"),
            waiting=Count("pk", filter=states),
            required=Count("pk", filter=states & Q(is_required=True)),
            extended=Count("pk", filter=states & Q(extended_to__isnull=False)),
            last_due=Max("extended_to", filter=states),
            given=Count("pk", filter=STATES["answered"]),
            agree=Count("pk", filter=Q(stance=stances.AGREE)),
            remarks=Count("pk", filter=Q(stance=stances.AGREE_WITH_REMARKS)),
            disagree=Count("pk", filter=Q(stance=stances.DISAGREE)),
            silent=Count("pk", filter=STATES["silent"]),
            deemed=Count("pk", filter=Q(stance=stances.DEEMED_AGREED)),
            withdrawn=Count("pk", filter=STATES["withdrawn"]),
            late=Count("pk", filter=Q(state=OpinionState.GIVEN, is_late=True)),
        )

    @cached_property
    def reminded(self) -> dict[str, Any]:
        """When the silent agencies were last reminded, by anybody and by the lead; one statement."""
        sent = Reminder.objects.filter(opinion__consultation=self.consultation)
        by_lead = Max("sent_at", filter=Q(kind=ReminderKind.LEAD))
        return sent.aggregate(last=Max("sent_at"), by_lead=by_lead)

    @cached_property
    def tasks(self) -> dict[int, CaseTask]:
        """The open task of each own part, by its key, for those who may answer."""
        parts = [opinion.participation_id for opinion in self.own if vars(opinion)["may_prepare"]]
        if not parts:
            return {}
        found = CaseTask.objects.open().human().filter(participation__in=parts).order_by("-id")
        return {task.participation_id: task for task in found}

    # --- what the request asked beside the free opinion

    @cached_property
    def questions(self) -> list[Question]:
        """The questions of the request."""
        return list(self.consultation.questions.order_by("number")) if self.is_readable else []

    @cached_property
    def choices(self) -> list[QuestionAnswer]:
        """What was chosen, as far as the person may know it."""
        if not self.questions:
            return []
        chosen = QuestionAnswer.objects.filter(
            question__consultation=self.consultation, opinion__state=OpinionState.GIVEN
        )
        if not self.sees_all:
            chosen = chosen.filter(opinion__in=self.visible)
        return list(chosen.select_related("question").order_by("opinion_id", "question__number", "id"))

    # --- names and addresses

    @cached_property
    def reader(self) -> Reader:
        """Who looks, with the calendar."""
        return Reader.under(self.asker.hats, calendar=load_calendar(), now=self.now)

    @cached_property
    def names(self) -> Names:
        """What the agencies on the page are called, while the round runs or on the day it was closed; one statement."""
        opinions = [*self.rows, *self.own, *self.missing, *(wish.opinion for wish in self.wishes)]
        agencies = [opinion.participation.agency for opinion in opinions]
        return self.names_of([*agencies, *([self.assignment.lead] if self.assignment.lead else [])])

    def names_of(self, agencies: Sequence[Agency]) -> Names:
        """Return what agencies are called on that day; one statement."""
        day = timezone.localdate(self.consultation.closed_at)
        return names_on(day, ids=[agency.pk for agency in agencies])

    def full_name(self, agency: Agency) -> str:
        """Return the name of one agency that may stand outside the list."""
        return self.names_of([agency]).full(agency)

    def url(self, **query: object) -> str:
        """Return the address of this page: the round, what was asked for with it, and `query`."""
        number = self.consultation.round if self.consultation != self.rounds[0] else ""
        address = reverse("consultation", args=[self.assignment.public_id])
        return link(address, round=number, **query)

    def here(self, **query: object) -> str:
        """Return the address with the same filter and page of the list."""
        return self.url(state=self.state, after=self.after or "", **query)

    def _of_round(self, opinions: QuerySet[Opinion]) -> list[Opinion]:
        found = list(opinions)
        for opinion in found:
            opinion.consultation = self.consultation
            opinion.participation.assignment = self.assignment
        return found


def _with_words(opinions: Any) -> Any:
    """Return the opinions with everything a row prints of them."""
    earlier = Opinion.objects.filter(
        participation=OuterRef("participation"), consultation__round__lt=OuterRef("consultation__round")
    )
    later = Opinion.objects.filter(
        participation=OuterRef("participation"), consultation__round__gt=OuterRef("consultation__round")
    )
    return opinions.select_related(
        "participation__agency", "signed_by", "first_opened_by", "withdrawn_by"
    ).annotate(asked_before=Exists(earlier), asked_later=Exists(later), remarks_count=Count("remarks"))


def sorted_reminders(opinion: Opinion) -> Sequence[Reminder]:
    """Return the reminders of an opinion in the order they went out; they are in memory."""
    return sorted(opinion.reminders.all(), key=lambda each: (each.sent_at, each.pk))
