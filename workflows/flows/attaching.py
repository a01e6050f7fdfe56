"""Changing the files of an answer while its task waits: beside the task's verbs, under the same lock and rights."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from workflows.domain import opinion_files
from workflows.domain.errors import AlreadyDoneError
from workflows.models import CaseTask, Opinion

from . import steps
from .steps import Answer, Attempt

GIVING = frozenset({"prepare", "sign"})  # the verbs that send the answer on, and so its files
Act = Callable[..., Opinion]


def attach(task: CaseTask, attempt: Attempt, uploads: "Sequence[UploadedFile[Any]]") -> Answer:
    """Put files beside the answer of the task's agency, once.

    Raises:
        NotAllowedError, AlreadyDoneError, KeyReusedError, BusyError: as `steps.perform`.
        DomainError: as `opinion_files.attach`.
    """
    given = [str(task.public_id), [[upload.name, upload.size] for upload in uploads]]
    return steps.once(
        attempt, "file.attach", given, lambda: _held(task, attempt, opinion_files.attach, uploads)
    )


def detach(task: CaseTask, attempt: Attempt, file_id: UUID) -> Answer:
    """Take a file out of the answer of the task's agency, once.

    Raises:
        NotAllowedError, AlreadyDoneError, KeyReusedError, BusyError: as `steps.perform`.
        DomainError: as `opinion_files.detach`.
    """
    given = [str(task.public_id), str(file_id)]
    return steps.once(
        attempt, "file.detach", given, lambda: _held(task, attempt, opinion_files.detach, file_id)
    )


def keep(task: CaseTask, attempt: Attempt, file_id: UUID) -> Answer:
    """Put a file back that was to leave with the next answer, once.

    Raises:
        NotAllowedError, AlreadyDoneError, KeyReusedError, BusyError: as `steps.perform`.
        DomainError: as `opinion_files.keep`.
    """
    given = [str(task.public_id), str(file_id)]
    return steps.once(attempt, "file.keep", given, lambda: _held(task, attempt, opinion_files.keep, file_id))


def _held(task: CaseTask, attempt: Attempt, act: Act, given: Any) -> Opinion:
    """Act under the lock of the task's own process, where the task still waits and the person may give the answer."""
    with task.activation() as activation:
        fresh = activation.task
        if not fresh.is_open:
            what = str(fresh.flow_task.task_title)
            raise AlreadyDoneError(who=fresh.done_as, what=what, when=fresh.finished)
        part = fresh.participation
        rights = [verb.right for verb in fresh.flow_task.verbs if verb.name in GIVING]
        return act(part, given, actor=steps.actor_with(rights, part, attempt))
