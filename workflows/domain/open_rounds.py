"""Keeping a round of consultation open while something in it is changed, and saying who closed it where it is over."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workflows.domain import phases
from workflows.domain.phases import HandedOnError
from workflows.models import Assignment, Closing, Consultation, Phase


class RoundEndedError(HandedOnError):
    """The round is over, so nothing of it can be changed; says when and how it was closed, and by whom."""

    def __init__(self, consultation: Consultation) -> None:
        when = date_format(timezone.localtime(consultation.closed_at), "H:i d/m/Y")
        who = consultation.closed_by.full_name if consultation.closed_by else ""
        message = (
            _("%(who)s closed round %(round)s early at %(when)s. Nothing was changed.")
            if consultation.closing == Closing.EARLY and who
            else _("Round %(round)s was closed at %(when)s: %(how)s. Nothing was changed.")
        )
        how = consultation.get_closing_display()
        super().__init__(message % {"round": consultation.round, "when": when, "who": who, "how": how})


def hold(assignment: Assignment, *, number: int | None = None) -> Consultation:
    """Keep the open round open until commit and return it; `number` is that of the round the person looked at.

    Raises:
        RoundEndedError: it is closed.
        HandedOnError: there was none.
    """
    try:
        phases.hold(assignment, Phase.CONSULTING)
    except HandedOnError as error:
        raise _ended(assignment, number) or error from None
    consultation = Consultation.objects.get(assignment=assignment, closed_at=None)
    if number not in {None, consultation.round}:
        raise _ended(assignment, number) or HandedOnError()
    consultation.assignment = assignment
    return consultation


def _ended(assignment: Assignment, number: int | None) -> RoundEndedError | None:
    closed = assignment.consultations.filter(closed_at__isnull=False).select_related("closed_by")
    if number is not None:
        closed = closed.filter(round=number)
    last = closed.order_by("-round", "-id").first()
    return RoundEndedError(last) if last else None
