"""What can be done on the page of a round: the words of each act, its form, who may, and what it calls."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.views.addresses import key_of
from workflows.domain.errors import NotAllowedError
from workflows.domain.open_rounds import RoundEndedError
from workflows.flows import round_acts
from workflows.flows.steps import Attempt
from workflows.forms import rounds as forms
from workflows.forms.fields import AgencyChoices
from workflows.forms.rounds import RoundForm
from workflows.models import Extension, Opinion, OpinionState
from workflows.presenting import Act, date_and_time, day_month_year

from .round_page import RoundPage

Words = str | Promise


class RoundOp:
    """One act of the page. `do` returns the address to go to, empty for the page itself."""

    form_class: ClassVar[type[RoundForm]]
    label: ClassVar[Words]
    icon: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    done: ClassVar[Words] = ""

    def __init__(self, page: RoundPage) -> None:
        self.page = page

    def check(self) -> None:
        """Refuse whoever may not do this; the act asks again with the case's lock held.

        Raises:
            RoundEndedError: the round is closed.
            NotAllowedError: the person has no right to it.
        """
        if not self.page.is_open:
            raise RoundEndedError(self.page.consultation)
        if not self.page.can_run:
            raise NotAllowedError(
                _("Only the signatory of the lead agency changes a round it has asked for.")
            )

    def form(self, data: Any = None) -> RoundForm:
        """Return the form, bound where there is input."""
        return self.form_class(data, initial=self.initial() if data is None else {}, **self.arguments())

    def initial(self) -> dict[str, Any]:
        """Return what a fresh form starts with."""
        return {}

    def arguments(self) -> dict[str, Any]:
        """Return further arguments of the form."""
        return {}

    def consequence(self) -> str:
        """Say what follows from the act."""
        return ""

    def title(self) -> str:
        """Return the title of the dialog."""
        return str(self.label)

    def act(self, form: RoundForm) -> Act:
        """Return the act as the page offers it."""
        return Act(
            self.form_class.name,
            str(self.label),
            form,
            icon=self.icon,
            kind=self.kind,
            title=self.title(),
            consequence=self.consequence(),
            url=self.page.here(),
        )

    def do(self, form: Any, attempt: Attempt) -> str:
        """Do it, once.

        Raises:
            DomainError: it was refused.
        """
        raise NotImplementedError

    def said(self, name: str) -> int:
        """Return the key that the form or the link names, 0 for none."""
        request = self.page.asker
        return key_of(request.POST.get(name, "") or request.GET.get(name, "")) or 0


class Remind(RoundOp):
    """Đôn đốc: one press, to the silent ones alone."""

    form_class = forms.RemindForm
    label, icon = gettext_lazy("Send reminder"), "nudge"
    done = gettext_lazy("The agencies that have not answered were reminded.")

    def check(self) -> None:
        """Let everybody remind who drafts or signs for the lead."""
        if not self.page.is_open:
            raise RoundEndedError(self.page.consultation)
        if not self.page.can_remind:
            raise NotAllowedError(_("Only the lead agency reminds the agencies it has asked."))

    def consequence(self) -> str:
        """Say how many are reminded."""
        count = self.page.figures["waiting"]
        words = ngettext(
            "%(n)s agency that has not answered is reminded, and no other.",
            "%(n)s agencies that have not answered are reminded, and no others.",
            count,
        )
        return words % {"n": count}

    def do(self, form: Any, attempt: Attempt) -> str:
        """Remind."""
        round_acts.remind(self.page.consultation, attempt)
        return ""


class Close(RoundOp):
    """Closing the round before its due moment."""

    form_class = forms.CloseForm
    label, icon, kind = gettext_lazy("Close the round early"), "check", "return"
    done = gettext_lazy("The round was closed; the remarks are answered next.")

    def consequence(self) -> str:
        """Say what becomes of those that were free to answer."""
        count = self.page.figures["waiting"]
        words = ngettext(
            "Every required answer is in. %(n)s agency that was free to answer is noted as having given no reply.",
            "Every required answer is in. %(n)s agencies that were free to answer are noted as having given no reply.",
            count,
        )
        return words % {"n": count}

    def do(self, form: Any, attempt: Attempt) -> str:
        """Close it."""
        round_acts.close_early(self.page.consultation, attempt)
        return ""


class Add(RoundOp):
    """Asking further agencies."""

    form_class = forms.AddForm
    label, icon = gettext_lazy("Add agencies"), "plus"
    done = gettext_lazy("The added agencies were asked for comments.")

    def arguments(self) -> dict[str, Any]:
        """Offer the agencies of today that are not asked; one that was withdrawn may be asked anew."""
        standing = self.page.consultation.opinions.exclude(state=OpinionState.WITHDRAWN)
        asked = set(standing.values_list("participation__agency", flat=True))
        choices = AgencyChoices.load(on=timezone.localdate(self.page.now))
        return {"choices": choices, "taken": asked | {self.page.assignment.lead_id}}

    def consequence(self) -> str:
        """Say what they get, and until when they may answer."""
        words = _("They receive the draft under the same request and may answer until %(due)s.")
        return words % {"due": date_and_time(self.page.consultation.due_at)}

    def do(self, form: Any, attempt: Attempt) -> str:
        """Ask them."""
        given = form.given()
        round_acts.add_agencies(self.page.consultation, given.pop("agencies"), attempt, **given)
        return ""


class OnOpinion(RoundOp):
    """An act on one agency's opinion, which the form or the link names."""

    def opinion(self) -> Opinion:
        """Return it; 404 where the round has none of that key."""
        found = self.page.consultation.opinions.select_related("participation__agency", "withdrawn_by")
        opinion = found.filter(pk=self.said("opinion")).first()
        if opinion is None:
            raise Http404
        opinion.consultation = self.page.consultation
        opinion.participation.assignment = self.page.assignment
        return opinion

    def initial(self) -> dict[str, Any]:
        """Name the opinion."""
        return {"opinion": self.said("opinion")}


class Withdraw(OnOpinion):
    """Withdrawing the request to one agency."""

    form_class = forms.WithdrawForm
    label, icon, kind = gettext_lazy("Withdraw the request"), "undo", "refuse"
    done = gettext_lazy("The request was withdrawn; the agency is no longer waited for.")

    def title(self) -> str:
        """Name the agency."""
        agency = self.page.full_name(self.opinion().participation.agency)
        return _("Withdraw the request to %(agency)s") % {"agency": agency}

    def consequence(self) -> str:
        """Say what follows."""
        return _(
            "The agency reads the reason. Nobody waits for its answer any longer; if no other answer is missing, the"
            " round is closed."
        )

    def do(self, form: Any, attempt: Attempt) -> str:
        """Withdraw it."""
        round_acts.withdraw(self.opinion(), attempt, reason=form.cleaned_data["reason"])
        return ""


class Extend(RoundOp):
    """Giving more time without having been asked."""

    form_class = forms.ExtendForm
    label, icon = gettext_lazy("Give more time"), "extend"
    done = gettext_lazy("More time was given; the first due day stays on record.")

    def arguments(self) -> dict[str, Any]:
        """Offer the agencies that have not answered."""
        waiting = self.page.waiting
        names = self.page.names_of([opinion.participation.agency for opinion in waiting])
        return {"waiting": [(opinion.pk, names.full(opinion.participation.agency)) for opinion in waiting]}

    def initial(self) -> dict[str, Any]:
        """Tick the agency whose row was pressed."""
        chosen = self.said("opinion")
        return {"whom": forms.CHOSEN, "opinions": [str(chosen)]} if chosen else {}

    def consequence(self) -> str:
        """Say until when they have time now."""
        words = _(
            "The request asked for answers until %(due)s. The agencies are told the new day and the reason."
        )
        return words % {"due": date_and_time(self.page.consultation.due_at)}

    def do(self, form: Any, attempt: Attempt) -> str:
        """Give it."""
        page, chosen = self.page, form.chosen()
        opinions = None
        if chosen is not None:
            opinions = list(page.consultation.opinions.filter(pk__in=chosen).order_by("id"))
        round_acts.extend(page.consultation, opinions, attempt, **form.given())
        return ""


class OnWish(RoundOp):
    """An answer to a wish for more time, which the form or the link names."""

    def wish(self) -> Extension:
        """Return it; 404 where the round has none of that key."""
        found = Extension.objects.filter(opinion__consultation=self.page.consultation)
        wish = found.select_related("opinion__participation__agency").filter(pk=self.said("wish")).first()
        if wish is None:
            raise Http404
        wish.opinion.consultation = self.page.consultation
        wish.opinion.participation.assignment = self.page.assignment
        return wish

    def consequence(self) -> str:
        """Say what was wished, and why."""
        wish = self.wish()
        words = _("%(agency)s asks for time until %(until)s: %(reason)s")
        agency = self.page.full_name(wish.opinion.participation.agency)
        return words % {"agency": agency, "until": day_month_year(wish.wanted_at), "reason": wish.reason}


class Grant(OnWish):
    """Giving an agency the time it asked for, or another day."""

    form_class = forms.GrantForm
    label, icon = gettext_lazy("Grant"), "check"
    done = gettext_lazy("More time was given; the first due day stays on record.")

    def title(self) -> str:
        """Say what is granted."""
        return _("Grant more time")

    def initial(self) -> dict[str, Any]:
        """Offer the day and the reason of the wish."""
        wish = self.wish()
        return {"wish": wish.pk, "until": timezone.localdate(wish.wanted_at), "reason": wish.reason}

    def do(self, form: Any, attempt: Attempt) -> str:
        """Give it."""
        round_acts.grant(self.wish(), attempt, **form.given())
        return ""


class Refuse(OnWish):
    """Refusing an agency more time."""

    form_class = forms.RefuseForm
    label, icon, kind = gettext_lazy("Decline"), "ban", "refuse"
    done = gettext_lazy("The wish for more time was declined; the agency reads why.")

    def title(self) -> str:
        """Say what is declined."""
        return _("Decline more time")

    def initial(self) -> dict[str, Any]:
        """Name the wish."""
        return {"wish": self.said("wish")}

    def do(self, form: Any, attempt: Attempt) -> str:
        """Refuse it."""
        round_acts.refuse(self.wish(), attempt, answer=form.cleaned_data["answer"])
        return ""


class Own(OnOpinion):
    """An act of an asked agency on its own part: what was asked of others is not there for it."""

    def opinion(self) -> Opinion:
        """Return the agency's own opinion."""
        for opinion in self.page.own:
            if opinion.pk == self.said("opinion"):
                return opinion
        raise Http404

    def check(self) -> None:
        """Let everybody ask who may answer for the agency."""
        if not vars(self.opinion())["may_prepare"]:
            raise NotAllowedError(_("Your position does not allow this act."))


class Ask(Own):
    """An agency asks for more time."""

    form_class = forms.AskForm
    label, icon = gettext_lazy("Ask for more time"), "clock"
    done = gettext_lazy("The lead agency was asked for more time.")

    def check(self) -> None:
        """Refuse it after the round."""
        super().check()
        if not self.page.is_open:
            raise RoundEndedError(self.page.consultation)

    def consequence(self) -> str:
        """Say who answers, and that the day stays until then."""
        words = _("The lead agency answers the wish. Until it does, the answer is due %(due)s.")
        return words % {"due": date_and_time(self.opinion().due)}

    def do(self, form: Any, attempt: Attempt) -> str:
        """Ask."""
        round_acts.ask_extension(self.opinion(), attempt, **form.given())
        return ""


class Again(Own):
    """An agency answers again, or late."""

    form_class = forms.AgainForm
    label, icon = gettext_lazy("Answer again"), "edit"

    def do(self, form: Any, attempt: Attempt) -> str:
        """Open the task and go there."""
        task = round_acts.answer_again(self.opinion(), attempt)
        return reverse("task", args=[task.public_id])


OPS: dict[str, type[RoundOp]] = {
    op.form_class.name: op for op in (Remind, Close, Add, Withdraw, Extend, Grant, Refuse, Ask, Again)
}
LINKED = ("add", "withdraw", "extend", "grant", "refuse", "ask")  # opened by a link of the page: ?act=
