"""Pages of a coordinating agency: preparing its opinion and signing it."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar
from uuid import uuid4

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.domain import answering, opinions, rounds
from workflows.domain.opinion_files import MAX_FILES
from workflows.forms.base import ActForm, NoInputForm
from workflows.forms.opinion_files import AttachForm
from workflows.forms.opinions import PREFIX, OpinionForm, ReturnForm, anchor_value
from workflows.models import Opinion, OpinionState, PreparedAnswer, Question, Stance
from workflows.presenting import date_and_time
from workflows.views.base import Context
from workflows.views.tasks import TaskView, Typed, typed_before

from . import opinion_side as side
from .acting import ActPage, ActWords
from .opinion_side import Said, Shown
from .reading import Reading, read
from .reasons import last_reason

FIELDS = ("stance", "reason", "document_number")
ROW_FIELDS = ("anchor", "text", "suggestion")
HINTS = {
    Stance.AGREE: gettext_lazy("Nothing to add"),
    Stance.DISAGREE: gettext_lazy("Say why; the Committee's leader sees this opinion by itself"),
}
Written = Mapping[str, list[str]]


class OpinionPage(ActPage):
    """The draft that was sent, and the agency's opinion on it: a form for those who give it, a text for the others.

    Both verbs that give it share one form on the page.
    """

    template_name = "workflows/tasks/opinion.html"
    autosaved = True
    offers_agreement = False
    compares = False  # whether a suggested wording is set against its paragraph
    is_answer = False
    files_refused = ""  # why the files were not changed

    @property
    def gives(self) -> bool:
        """Tell whether the person may prepare or sign the opinion."""
        return any(issubclass(self.forms[verb], OpinionForm) for verb in self.verbs)

    @property
    def may_look(self) -> bool:
        """Tell whether the person reads what her agency prepares: all of its people do, and nobody else."""
        return "view_case" in self.rights

    @cached_property
    def opinion(self) -> Opinion | None:
        """The agency's opinion in the newest round it was asked in."""
        asked = Opinion.objects.filter(participation=self.task.participation)
        related = asked.select_related(
            "consultation__revision__plan", "prepared__prepared_by", "withdrawn_by"
        )
        found = related.order_by("-consultation__round", "-id").first()
        if found is not None:
            found.consultation.assignment = self.assignment
        return found

    def why_closed(self) -> str:
        """Say that the request was withdrawn, that such an answer is no longer taken, or how it still is."""
        if self.opinion is None:
            return ""
        refusal = opinions.refusal_of(self.opinion)
        if refusal is not None:
            return refusal.message
        if self.opinion.state != OpinionState.SILENT:
            return ""
        words = _(
            "The round was closed at %(when)s and your agency's silence was recorded. A late answer is still taken"
            " until the lead starts on the remarks: begin it from the file."
        )
        return words % {"when": date_and_time(self.opinion.consultation.closed_at)}

    @cached_property
    def reading(self) -> Reading | None:
        """The draft the agency was asked about."""
        return read(self.opinion.consultation.revision, self.names) if self.opinion else None

    @cached_property
    def typed(self) -> Written:
        """What the person had typed and not sent."""
        return typed_before(self.view, self.task)

    @cached_property
    def prepared(self) -> PreparedAnswer | None:
        """What somebody of the agency has prepared for this round."""
        return getattr(self.opinion, "prepared", None)

    @cached_property
    def stored(self) -> dict[str, Any]:
        """What to start from: what somebody of the agency has prepared, else the answer that is to be replaced."""
        if self.opinion is None:
            return {}
        if self.prepared is not None:
            return dict(self.prepared.content)
        if self.opinion.state != OpinionState.GIVEN:
            return {}
        return answering.content_of(self.opinion) | {"stance": self.opinion.stance}

    @cached_property
    def questions(self) -> list[Question]:
        """What the request asks beside the free opinion."""
        return list(self.opinion.consultation.questions.order_by("number")) if self.opinion else []

    # --- the form

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
            {"anchor": anchor_value(anchor, key), "text": text, "suggestion": suggestion}
            for anchor, key, text, suggestion in side.stored_rows(self.stored)
        ]

    @property
    def shown(self) -> OpinionForm | None:
        """The form on the page: the refused one, else that of the first verb that gives an opinion."""
        given = [form for form in self.made.values() if isinstance(form, OpinionForm)]
        return next((form for form in given if form.is_bound), next(iter(given), None))

    def make_form(self, verb: str, data: Any = None, files: Any = None) -> ActForm:
        """Return the form of a verb; those that give an opinion share the ids of the one form on the page."""
        self.is_answer = data is not None  # what was typed before does not matter then
        form = super().make_form(verb, data, files)
        if isinstance(form, OpinionForm):
            form.auto_id = "opinion-%s"
        return form

    def typed_words(self, request: HttpRequest) -> list[Typed]:
        """Return every text of a form that came too late, each remark with its place."""
        typed = [
            Typed(text, str(OpinionForm.base_fields[name].label))
            for name in ("reason", "document_number")
            for text in request.POST.getlist(name)
            if text.strip()
        ]
        places = dict(self._places())
        for row in typed_rows(dict(request.POST.lists())):
            place = {"place": places.get(row["anchor"]) or _("The whole draft")}
            texts = (
                (row["text"], _("Remark on: %(place)s")),
                (
                    row["suggestion"],
                    _("Suggested wording for: %(place)s"),
                ),
            )
            typed += [Typed(text, label % place) for text, label in texts if text.strip()]
        return typed

    # --- what the template shows

    def facts(self) -> Context:
        """Return the draft with the remarks where they belong, the form or the text, and what stands around it."""
        opinion, reading = self.opinion, self.reading
        if opinion is None or reading is None:
            return {"form_shown": self.shown}
        rounds.note_opened(opinion, actor=self.view.asker.actor)
        part = self.task.participation
        given = self._form(reading) if self.gives else self._text(reading)
        return {
            "opinion": opinion,
            "consultation": opinion.consultation,
            "reading": reading,
            "agency": self.names.full(part.agency) if part else "",
            "lead": self.names.full(self.assignment.lead) if self.assignment.lead else "",
            "gives": self.gives,
            "prepared": self.prepared,
            "reason": self._reason(opinion),
            "others": side.others_of(opinion, self.names),
            "files": side.files_of(opinion),
            "replaces": side.replaced_by_this(opinion),
            "lateness": side.lateness_of(opinion),
            "extension": side.extension_of(opinion),
            "newer": side.newer_revision(opinion, self.view.asker),
            "earlier": [*side.earlier_answers(opinion), *side.earlier_rounds(opinion)],
            **given,
        }

    def _form(self, reading: Reading) -> Context:
        """Return what is filled in."""
        form = self.shown
        assert form is not None
        loose, said = self._place_rows(form, reading)
        return {
            "form_shown": form,
            "stances": [
                {"option": option, "hint": self._hint(option.data["value"], said)}
                for option in form["stance"]
            ],
            "said": said,
            "loose_rows": loose,
            "spare": SpareRows(form),
            "attach": AttachForm(auto_id="attach-%s"),
            "files_refused": self.files_refused,
            "max_files": MAX_FILES,
            "signs": "sign" in self.verbs,
            "offers_agreement": self._offers_agreement(),
            "agree_key": uuid4(),
        }

    def _hint(self, stance: str, said: list[Said]) -> str:
        return str(HINTS[Stance(stance)]) if stance in HINTS else side.count_words(said)

    def _offers_agreement(self) -> bool:
        """One press is for the head who has nothing to say: no question is put, and no text waits to go with it."""
        nothing_written = not self.typed and self.prepared is None
        return self.offers_agreement and "sign" in self.verbs and not self.questions and nothing_written

    def _place_rows(self, form: OpinionForm, reading: Reading) -> tuple[list[Any], list[Said]]:
        """Put each remark under its paragraph or task; return those on the whole draft, and all in reading order."""
        loose = []
        for row in form.rows.forms:
            rows = reading.rows_at(str(row["anchor"].value() or ""))
            if rows is not None:
                rows.append(row)
            elif is_written(row):
                loose.append(row)
        if self.compares:
            for block in reading.blocks:
                for row in block.rows:
                    row.redline = side.rewritten(block.text, str(row["suggestion"].value() or ""))
        return loose, [*self._said(reading), *(_said(row, _("The whole draft")) for row in loose)]

    def _said(self, reading: Reading) -> Iterator[Said]:
        for place in reading.places_in_order():
            yield from (_said(row, place.label) for row in place.rows if is_written(row))

    def _text(self, reading: Reading) -> Context:
        """Return what is read by those who do not give the opinion: what is prepared, and nothing anybody types."""
        stored = self.stored
        loose: list[Shown] = []
        said: list[Said] = []
        for number, (anchor, key, text, suggestion) in enumerate(side.stored_rows(stored), start=1):
            place = reading.place_at(anchor_value(anchor, key))
            label = place.label if place else _("The whole draft")
            paragraph = getattr(place, "text", "")
            shown = Shown(f"y-{number}", label, text, suggestion, side.rewritten(paragraph, suggestion))
            (place.shown if place else loose).append(shown)
            said.append(Said(shown.id, label, text))
        return {
            "stance": Stance(stored["stance"]) if stored.get("stance") else None,
            "stance_tag": side.STANCE_TAGS.get(stored.get("stance", ""), "line"),
            "stored": stored,
            "said": said,
            "loose_shown": loose,
            "chosen": [self._chosen(question, stored.get("answers", {})) for question in self.questions],
        }

    def _chosen(self, question: Question, answers: Mapping[str, list[int]]) -> Context:
        chosen = set(answers.get(str(question.number), ()))
        options = [text for number, text in enumerate(question.options, start=1) if number in chosen]
        return {"text": question.text, "options": options}

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


def _said(row: Any, place: str) -> Said:
    return Said(f"y-{row.prefix}", place, str(row["text"].value() or row["suggestion"].value() or ""))


def typed_rows(typed: Written) -> list[dict[str, Any]]:
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
    compares = True
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
