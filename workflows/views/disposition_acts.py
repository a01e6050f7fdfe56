"""What an agency may do about the answers to its remarks: uphold its view."""

from collections.abc import Mapping

from django.forms import Form
from django.utils.translation import gettext as _

from workflows import holding
from workflows.domain.dispositions import UPHOLDING
from workflows.forms.dispositions import UpholdForm
from workflows.models import Remark
from workflows.presenting import Act

from .disposition_table import Table
from .plan_page import PlanTab
from .plan_rows import answer_of


def acts_of_upholding(tab: PlanTab, table: Table, refused: Form | None) -> Mapping[int, Act]:
    """Return the act of each remark on the page whose agency's head the person is; at most one statement.

    `refused` is a form of that act that was sent and not recorded: its row shows it, whatever became of the answer.
    """
    kept = refused if isinstance(refused, UpholdForm) else None
    acts = {remark.pk: _act(table, remark, _form(remark)) for remark in _upholdable(tab, table)}
    for remark in table.page:
        if kept is not None and str(kept["remark"].value()) == str(remark.pk):
            acts[remark.pk] = _act(table, remark, kept)
    return acts


def _upholdable(tab: PlanTab, table: Table) -> list[Remark]:
    assignment = tab.plan.assignment
    answered = [remark for remark in table.page if _stands_against(remark)]
    if assignment.phase not in UPHOLDING or not answered:
        return []
    parts = holding.participations_with(tab.asker.hats, tab.asker.user, "sign_opinion")
    own = set(parts.filter(assignment=assignment).values_list("pk", flat=True))
    return [remark for remark in answered if remark.opinion.participation_id in own]


def _stands_against(remark: Remark) -> bool:
    """Tell whether there is an answer the agency has read and not upheld its view against."""
    answer = answer_of(remark)
    return answer is not None and answer.published_at is not None and not answer.is_upheld


def _form(remark: Remark) -> UpholdForm:
    answer = answer_of(remark)
    stored = {"remark": remark.pk, "version": answer.version if answer else None}
    return UpholdForm(initial=stored, auto_id=f"uphold-{remark.pk}-%s")


def _act(table: Table, remark: Remark, form: UpholdForm) -> Act:
    return Act(
        f"uphold-{remark.pk}",
        _("Uphold the view"),
        form,
        icon="scale",
        title=_("Uphold the view of the agency"),
        consequence=_("The remark and the answer go to whoever decides, as an open disagreement."),
        url=table.asked.link(table.tab.url("plan-uphold"), at=remark.pk),
    )
