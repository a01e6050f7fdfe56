"""The one door for every human act.

`perform` takes the lock of the task's own process, looks at fresh rows, asks the policy, checks that what the person
saw is still current, lets the domain act, moves the token and remembers the answer: one transaction, once.
"""

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.workflow.exceptions import FlowLockFailed

from accounts.authority import Actor, Hat, own_hats
from accounts.models import Delegation, User
from workflows import holding
from workflows.domain.diverted import Diverted
from workflows.domain.errors import (
    AlreadyDoneError,
    BusyError,
    DomainError,
    KeyReusedError,
    NotAllowedError,
    StaleError,
)
from workflows.models import CaseTask, FormDraft, IdempotencyKey, Participation

from . import asides
from .activation import within
from .nodes import AgencyTaskActivation, Verb

RETRIES = 3
RETRYABLE = {"40001", "40P01", "55P03"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an act yielded; the same again for a repeat of it."""

    verb: str
    subject: str
    subject_id: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who acts, under which hats, with which key, on what they saw."""

    actor: Actor
    hats: Sequence[Hat]
    key: UUID
    seen: str = ""

    @property
    def user(self) -> User:
        """The person who acts; TypeError for the clock, which has no business at this door."""
        return self.actor.person


def perform(task: CaseTask, verb_name: str, attempt: Attempt, given: dict[str, Any]) -> Answer:
    """Do one act on a task, exactly once.

    `given` is the cleaned input of the verb's domain function. A repeat with the same key gets the first answer.

    Raises:
        NotAllowedError: no hat of the person carries the verb's right.
        AlreadyDoneError: somebody else was first; says who, what and when.
        StaleError: the plan has changed since the page was drawn.
        KeyReusedError: the key was used for something else.
        BusyError: the case stayed locked for too long.
        DomainError: the domain refuses the act.
    """
    fingerprint = fingerprint_of(task, verb_name, given)
    return _retrying(lambda: _perform_once(task, verb_name, attempt, given, fingerprint))


def _perform_once(
    task: CaseTask, verb_name: str, attempt: Attempt, given: dict[str, Any], fingerprint: str
) -> Answer:
    verb = _chosen(task, verb_name)
    asked = {"preferred_may": _preferred_may(attempt, verb), "has_asides": asides.are_waiting(task.flow_task)}
    with task.activation(**asked) as activation:
        known = _known(attempt, fingerprint) if verb.aside else None  # its task stays open
        if known is not None:
            return known
        if not activation.task.is_open:
            return _replay(activation.task, attempt, fingerprint)
        activation.actor = _actor(activation.task, verb, attempt)
        _check_seen(activation, verb, attempt.seen)
        subject = within(verb.act)(activation.task.participation, actor=activation.actor, **given)
        if isinstance(subject, Diverted):
            verb, subject = _verb(task, subject.verb), subject.subject
        activation.subject = subject
        _move(activation, verb)
        return _remember(attempt, fingerprint, _answer(verb.name, subject))


def _move(activation: AgencyTaskActivation, verb: Verb) -> None:
    """Close the task and go where the verb leads, or open another task beside it."""
    if verb.aside:
        asides.begin(activation, verb)
        return
    activation.finish(activation.actor.person, verb.name, activation.actor.label)
    if verb.settles and activation.task.has_asides:
        asides.end(activation)
    activation.activate_next()


def once(attempt: Attempt, name: str, given: Any, act: Callable[[], Model]) -> Answer:
    """Do an act that belongs to no task exactly once, by the same rules for repeats."""
    fingerprint = _digest([name, given])

    def work() -> Answer:
        with transaction.atomic():
            known = _known(attempt, fingerprint)
            return known or _remember(attempt, fingerprint, _answer(name, act()))

    try:
        return _retrying(work)
    except DomainError:
        # Sent twice at the same moment: the second waited for the first, then found its work done.
        known = _known(attempt, fingerprint)
        if known is None:
            raise
        return known


def fingerprint_of(task: CaseTask, verb: str, given: dict[str, Any]) -> str:
    """Return the SHA-256 of what is asked: task, verb and input."""
    return _digest([str(task.public_id), verb, given])


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()


def _preferred_may(attempt: Attempt, verb: Verb) -> Q:
    """Return the question whether the hat the person wears carries the right; asked with the fresh row."""
    return holding.carrying([attempt.actor.hat] if attempt.actor.hat else [], verb.right, "participation")


def _verb(task: CaseTask, name: str) -> Verb:
    try:
        return task.flow_task.verb(name)  # type: ignore[no-any-return]
    except KeyError:
        raise NotAllowedError(_("This cannot be done at this stage.")) from None


def _chosen(task: CaseTask, name: str) -> Verb:
    """Return a verb somebody may choose; what an act turns into by itself is none."""
    verb = _verb(task, name)
    if not verb.chosen:
        raise NotAllowedError(_("This cannot be done at this stage."))
    return verb


def _actor(task: CaseTask, verb: Verb, attempt: Attempt) -> Actor:
    if task.participation is None:
        raise NotAllowedError(_("This task waits for nobody."))
    if task.membership_id is not None:
        return _in_person(task, task.participation, verb, attempt)
    if task.preferred_may:
        return attempt.actor
    return actor_with([verb.right], task.participation, attempt)


def _in_person(task: CaseTask, part: Participation, verb: Verb, attempt: Attempt) -> Actor:
    """Return the actor under the one hat the task waits for, worn by its own holder."""
    own = [hat for hat in own_hats(attempt.hats) if hat.membership_id == task.membership_id]
    return actor_with([verb.right], part, replace(attempt, hats=own))


def actor_with(rights: Iterable[str], part: Participation, attempt: Attempt) -> Actor:
    """Return the actor under the hat that carries the first of the rights she holds on the part.

    Raises:
        NotAllowedError: none of her hats carries one.
    """
    worn = _still_worn(attempt.hats)
    for right in rights:
        actor = holding.actor_under(attempt.actor, worn, right, part)
        if actor is not None:
            return actor
    raise NotAllowedError(_("Your position does not allow this act."))


def _still_worn(hats: Sequence[Hat]) -> Sequence[Hat]:
    """Return the hats without those whose loan has ended since the request began; one statement where one is lent.

    The loans stay locked until commit: a revocation waits for an act under way, and no act comes after it.
    """
    loans = [hat.lent.delegation_id for hat in hats if hat.lent is not None]
    if not loans:
        return hats
    holding = Delegation.objects.active(at=timezone.now()).filter(pk__in=loans).order_by("pk")
    held = set(holding.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    return [hat for hat in hats if hat.lent is None or hat.lent.delegation_id in held]


def _check_seen(activation: AgencyTaskActivation, verb: Verb, seen: str) -> None:
    if not verb.binds:
        return
    current = activation.flow_task.stamp(activation.assignment)
    if seen != current:
        raise StaleError(current)


def _replay(task: CaseTask, attempt: Attempt, fingerprint: str) -> Answer:
    known = _known(attempt, fingerprint)
    if known is not None:
        return known
    who = f"{task.owner.full_name}, {task.done_as}" if task.owner and not task.done_as else task.done_as
    raise AlreadyDoneError(who=who, what=str(task.flow_task.task_title), when=task.finished)


def _known(attempt: Attempt, fingerprint: str) -> Answer | None:
    found = IdempotencyKey.objects.filter(user=attempt.user, key=attempt.key).first()
    if found is None:
        return None
    if found.fingerprint != fingerprint:
        raise KeyReusedError
    return Answer(**found.answer, repeated=True)


def _remember(attempt: Attempt, fingerprint: str, answer: Answer) -> Answer:
    stored = {"verb": answer.verb, "subject": answer.subject, "subject_id": answer.subject_id}
    try:
        with transaction.atomic(savepoint=False):
            IdempotencyKey.objects.create(
                user=attempt.user,
                key=attempt.key,
                fingerprint=fingerprint,
                answer=stored,
                created_at=timezone.now(),
            )
    except IntegrityError as error:
        raise KeyReusedError from error
    return answer


def _answer(verb: str, subject: Model) -> Answer:
    return Answer(verb=verb, subject=subject._meta.label_lower, subject_id=str(subject.pk))


def forget_draft(user: User, task: CaseTask) -> None:
    """Drop what a person had typed into a task's form, once the act went through."""
    FormDraft.objects.filter(user=user, task=task).delete()


def _retrying(work: Callable[[], Answer]) -> Answer:
    """Run `work`, again on a serialisation failure, a deadlock or a lock that could not be had, RETRIES times."""
    for attempt in range(RETRIES):
        try:
            return work()
        except Exception as error:
            if not _is_retryable(error):
                raise
            if attempt == RETRIES - 1:
                raise BusyError from error
            time.sleep(random.uniform(0.05, 0.4))  # noqa: S311 - jitter, not a secret
    raise BusyError


def _is_retryable(error: BaseException) -> bool:
    """Tell whether the database asked for another try."""
    cause = error.__cause__
    if isinstance(error, OperationalError):
        return getattr(cause, "sqlstate", None) in RETRYABLE or "database is locked" in str(error)
    return isinstance(error, FlowLockFailed)
