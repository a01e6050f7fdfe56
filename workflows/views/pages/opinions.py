"""Pages of a coordinating agency: preparing its opinion and signing it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.domain import answering, opinions, rounds
from workflows.forms.base import ActForm, NoInputForm
from workflows.forms.opinions import PREFIX, OpinionForm, ReturnForm, anchor_value
from workflows.models import Opinion, OpinionState, PreparedAnswer, Question, Stance
from workflows.views.base import Context
from workflows.views.tasks import TaskView, typed_before

from .acting import ActPage, ActWords
from .reading import Reading, read
from .reasons import last_reason

FIELDS = ("stance", "reason", "document_number")
ROW_FIELDS = ("anchor", "text", "suggestion")
HINTS = {
    Stance.AGREE: gettext_lazy("Nothing to add"),
    Stance.AGREE_WITH_REMARKS: gettext_lazy("The remarks go with it"),
    Stance.DISAGREE: gettext_lazy("Say why; the Committee's leader sees this opinion by itself"),
}
Typed = Mapping[str, list[str]]


class OpinionPage(ActPage):
    """The draft that was sent, and the form of the agency's opinion on it; both verbs share one form on the page."""

    template_name = "workflows/tasks/opinion.html"
    autosaved = True
    offers_agreement = False
    is_answer = False

    @cached_property
    def opinion(self) -> Opinion | None:
        """The agency's opinion in the newest round it was asked in."""
        asked = Opinion.objects.filter(participation=self.task.participation)
        related = asked.select_related(
            "consultation__revision__plan", "prepared__prepared_by", "withdrawn_by"
        )
        return related.order_by("-consultation__round", "-id").first()

    def why_closed(self) -> str:
        """Say that the request was withdrawn, or that such an answer is no longer taken."""
        refusal = opinions.refusal_of(self.opinion) if self.opinion else None
        return refusal.message if refusal else ""

    @cached_property
    def reading(self) -> Reading | None:
        """The draft the agency was asked about."""
        return read(self.opinion.consultation.revision, self.names) if self.opinion else None

    @cached_property
    def typed(self) -> Typed:
        """What the person had typed and not sent."""
        return typed_before(self.view, self.task)

    @cached_property
    def stored(self) -> dict[str, Any]:
        """What to start from: what somebody of the agency has prepared, else the answer that is to be replaced."""
        if self.opinion is None:
            return {}
        prepared: PreparedAnswer | None = getattr(self.opinion, "prepared", None)
        if prepared is not None:
            return dict(prepared.content)
        if self.opinion.state != OpinionState.GIVEN:
            return {}
        return answering.content_of(self.opinion) | {"stance": self.opinion.stance}

    @cached_property
    def questions(self) -> list[Question]:
        """What the request asks beside the free opinion."""
        return list(self.opinion.consultation.questions.order_by("number")) if self.opinion else []

    def initial(self, verb: str) -> dict[str, Any]:
        """Start from what the person typed, else from what was prepared."""
        if not issubclass(self.forms[verb], OpinionForm):
            return {}
        if self.typed:
            return {name: self.typed.get(name, [""])[0] for name in FIELDS} | self._typed_answers()
        chosen = self.stored.get("answers", {})
        answers = {f"question_{number}": options for number, options in chosen.items()}
        return {name: self.stored.get(name, "") for name in FIELDS} | answers

    def _typed_answers(self) -> dict[str, list[str]]:
        return {name: texts for name, texts in self.typed.items() if name.startswith("question_")}

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Give the form the places of the draft and the remarks to start from."""
        if not issubclass(self.forms[verb], OpinionForm):
            return {}
        rows = [] if self.is_answer else self._rows()
        return {"places": self._places, "remarks": rows, "questions": self.questions}

    def _places(self) -> list[tuple[str, str]]:
        return self.reading.places() if self.reading else []

    def _rows(self) -> list[dict[str, Any]]:
        if self.typed:
            return typed_rows(self.typed)
        return [
            {
                "anchor": anchor_value(
                    each["anchor"], UUID(each["anchor_key"]) if each["anchor_key"] else None
                ),
                "text": each["text"],
                "suggestion": each["suggestion"],
            }
            for each in self.stored.get("remarks", ())
        ]

    @property
    def shown(self) -> ActForm | None:
        """The form on the page: the refused one, else that of the first verb that gives an opinion."""
        given = [form for form in self.made.values() if isinstance(form, OpinionForm)]
        given = given or [self._unsent()]
        return next((form for form in given if form.is_bound), next(iter(given), None))

    def _unsent(self) -> OpinionForm:
        """Return the form as somebody looks at it who may not sign."""
        form = self.make_form("sign")
        assert isinstance(form, OpinionForm)
        self.made.pop("sign")
        return form

    def make_form(self, verb: str, data: Any = None, files: Any = None) -> ActForm:
        """Return the form of a verb; those that give an opinion share the ids of the one form on the page."""
        self.is_answer = data is not None  # what was typed before does not matter then
        form = super().make_form(verb, data, files)
        if isinstance(form, OpinionForm):
            form.auto_id = "opinion-%s"
        return form

    def facts(self) -> Context:
        """Return the draft with the remarks where they belong, the form and the other agencies."""
        form = self.shown
        assert isinstance(form, OpinionForm)
        opinion = self.opinion
        if opinion is not None:
            rounds.note_opened(opinion, actor=self.view.asker.actor)
        if opinion is None or self.reading is None:
            return {"form_shown": form}
        part = self.task.participation
        return {
            "form_shown": form,
            "stances": [{"option": option, "hint": HINTS[option.data["value"]]} for option in form["stance"]],
            "agree_key": uuid4(),
            "opinion": opinion,
            "consultation": opinion.consultation,
            "reading": self.reading,
            "loose_rows": self._place_rows(form, self.reading),
            "spare": SpareRows(form),
            "agency": self.names.full(part.agency) if part else "",
            "lead": self._lead(),
            "others": self._others(opinion),
            "signs": "sign" in self.verbs,
            "prepares": "prepare" in self.verbs,
            "offers_agreement": self.offers_agreement and "sign" in self.verbs and not self.questions,
            "prepared": getattr(opinion, "prepared", None),
            "reason": self._reason(opinion),
        }

    def _place_rows(self, form: OpinionForm, reading: Reading) -> list[Any]:
        """Put each remark under its paragraph or task; return those on the whole draft, and one empty row."""
        loose = []
        for row in form.rows.forms:
            rows = reading.rows_at(str(row["anchor"].value() or ""))
            if rows is not None:
                rows.append(row)
            elif is_written(row):
                loose.append(row)
        return loose

    def _lead(self) -> str:
        return self.names.full(self.assignment.lead) if self.assignment.lead else ""

    def _others(self, opinion: Opinion) -> list[dict[str, Any]]:
        """Return who else was asked and whether they have answered; what they prepare is their own."""
        found = Opinion.objects.filter(consultation=opinion.consultation_id).exclude(pk=opinion.pk)
        return [
            {
                "agency": self.names.short(each.participation.agency),
                "answered": each.state == OpinionState.GIVEN,
            }
            for each in found.select_related("participation__agency").order_by("id")
        ]

    def _reason(self, opinion: Opinion) -> Any:
        return last_reason(self.assignment, "opinion.returned", subject=opinion)


class SpareRows:
    """The empty rows at the end of the form: the first is drawn, the rest only without JavaScript."""

    def __init__(self, form: OpinionForm) -> None:
        empty = [row for row in form.rows.forms if not is_written(row) and not row["anchor"].value()]
        self.first, self.rest = empty[:1], empty[1:]


def is_written(row: Any) -> bool:
    """Tell whether a row holds words."""
    return bool(row["text"].value() or row["suggestion"].value() or row.errors)


def typed_rows(typed: Typed) -> list[dict[str, Any]]:
    """Return the remarks among typed fields, without those that were crossed out or left empty."""
    total = typed.get(f"{PREFIX}-TOTAL_FORMS", ["0"])[0]
    rows = []
    for number in range(min(int(total) if total.isdecimal() else 0, 200)):
        row = {name: typed.get(f"{PREFIX}-{number}-{name}", [""])[0] for name in ROW_FIELDS}
        if (row["text"] or row["suggestion"]) and f"{PREFIX}-{number}-DELETE" not in typed:
            rows.append(row)
    return rows


@TaskView.register(("PlanApprovalFlow", "prepare_opinion"), ("PlanApprovalFlow", "replace_opinion"))
class PrepareOpinionPage(OpinionPage):
    """The specialist prepares the opinion; the head may give it at once."""

    heading = gettext_lazy("Give an opinion")
    offers_agreement = True
    forms = {"prepare": OpinionForm, "sign": OpinionForm}
    acts: ClassVar[Mapping[str, ActWords]] = {}
    done = {
        "prepare": gettext_lazy("The opinion was submitted to the head of the agency."),
        "sign": gettext_lazy("The agency's opinion was sent."),
    }


@TaskView.register(("PlanApprovalFlow", "sign_opinion"), ("PlanApprovalFlow", "sign_replacement"))
class SignOpinionPage(OpinionPage):
    """The head reads what was prepared, changes it where needed, and signs; her people look, or take it back."""

    heading = gettext_lazy("Sign the opinion")
    forms = {"sign": OpinionForm, "return": ReturnForm, "take_back": NoInputForm}
    acts = {
        "return": ActWords(gettext_lazy("Return to the specialist"), "return", "return"),
        "take_back": ActWords(gettext_lazy("Take back to change"), "return"),
    }
    done = {
        "take_back": gettext_lazy("The opinion is back for changes."),
        "sign": gettext_lazy("The agency's opinion was sent."),
        "return": gettext_lazy("The opinion went back to the specialist."),
    }

    def consequence(self, verb: str) -> str:
        """Say what becomes of the text."""
        if verb == "take_back":
            return _("The head no longer sees it; the text stays, and you submit it again.")
        return _("The text stays; the specialist changes it and submits it again.")

    def _reason(self, opinion: Opinion) -> None:
        return None
