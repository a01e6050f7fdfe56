"""Moving the work of somebody who leaves: once for each press, the right asked with the act."""

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from workflows import policies
from workflows.domain import leaving
from workflows.domain.errors import NotAllowedError

from . import steps
from .steps import Answer, Attempt


def move_work(leaver: User, successor: User, agency: Agency, attempt: Attempt) -> Answer:
    """Move everything that waits for one person at an agency to another.

    Raises:
        NotAllowedError: the person may not move work at this agency.
        DomainError: as `domain.leaving.move_work`.
    """

    def act() -> Model:
        if not policies.may_move_work(attempt.hats, agency):
            raise NotAllowedError(_("Your position does not allow this act."))
        return leaving.move_work(leaver, successor, agency, actor=attempt.actor).agency

    return steps.once(attempt, "work.move", [leaver.pk, successor.pk, agency.pk], act)
