"""Work changes hands because somebody leaves or an agency ends: each task is put where its rights are now."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import SYSTEM, Actor
from accounts.domain import memberships
from accounts.models import Agency, Membership, User
from workflows import inbox, policies
from workflows.domain import grants, handing_back, leaving, succession
from workflows.domain.errors import NotAllowedError
from workflows.domain.phases import lock_cases
from workflows.domain.succession import Estate
from workflows.models import CaseTask

from . import steps
from .steps import Answer, Attempt

logger = logging.getLogger(__name__)

JOB, TASK, SWEEP_SECONDS = memberships.HANDING_BACK, "workflows.tasks.hand_back_work", 60.0


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


def hand_back_ended(*, at: datetime | None = None) -> int:
    """Give back what waits for people whose membership has ended; returns for how many memberships.

    A case that is busy is left for the next time. Auth groups turn with the day as well.
    """
    moment = at or timezone.now()
    memberships.sync_those_of(timezone.localdate(moment))
    return sum(_hand_back(each, moment) for each in handing_back.ended_with_work(at=moment))


def _hand_back(membership: Membership, moment: datetime) -> bool:
    try:
        with transaction.atomic():
            cases = handing_back.hold_cases(membership)
            following = handing_back.next_of(membership, at=moment)
            if following is None:
                _to_the_queue(membership)
            else:
                inbox.hand_over([membership], following)
                grants.hand_over(grants.of_holder([membership]), following)
            handing_back.record(membership, cases)
    except OperationalError:
        logger.warning(
            "work not handed back, will try again", extra={"membership": membership.pk}, exc_info=True
        )
        return False
    return True


def _to_the_queue(membership: Membership) -> None:
    tasks = inbox.waiting_in_person([membership])
    handing_back.give_back(membership)
    _put_in_place(tasks, SYSTEM)


@transaction.atomic
def succeed(agency: Agency, *, actor: Actor) -> Estate:
    """Pass the open work of an abolished agency on to its successor; repeating it changes nothing.

    Raises:
        DomainError: as `domain.succession.estate_of`.
    """
    lock_cases([case.pk for case in succession.estate_of(agency).cases])
    estate = succession.estate_of(agency)
    succession.pass_on(estate, actor=actor)
    waiting = CaseTask.objects.open().human().filter(participation__in=[part.pk for part in estate.parts])
    _put_in_place(waiting.select_related("process__assignment__directive").order_by("pk"), actor)
    return estate


def _put_in_place(tasks: Iterable[CaseTask], actor: Actor) -> None:
    """Put open tasks into the inboxes their rights name now."""
    for task in tasks:
        if task.participation is not None:
            task.participation.assignment = task.process.assignment
        inbox.reopen_entries(task, task.flow_task.rights, actor=actor)
