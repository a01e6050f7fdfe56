"""Taking a case out: once for each press, the right asked with the act."""

from typing import IO

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import SYSTEM, Actor
from notifications.sealing.proving import UnprovableError
from workflows import policies
from workflows.documents.export import archive
from workflows.documents.export.gathering import CaseContent, gather
from workflows.domain import exporting
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.models import Directive

from . import steps
from .steps import Answer, Attempt


def export(directive: Directive, target: IO[bytes], attempt: Attempt) -> Answer:
    """Write the case of a directive as a ZIP file, and record who took it out.

    It is written before it is recorded, so that no act waits; what was not recorded is not handed out.

    Raises:
        NotAllowedError: the person may not take it out.
        DomainError: the seals cannot be read now.
    """
    case, manifest = _written(directive, target)

    def act() -> Model:
        return _recorded(case, manifest, _entitled(attempt, directive))

    return steps.once(attempt, "case.export", str(directive.public_id), act)


def export_by_command(directive: Directive, target: IO[bytes], *, by: str) -> None:
    """Write the case of a directive as a ZIP file; `by` is the account that ran the command.

    Raises:
        DomainError: the seals cannot be read now.
    """
    case, manifest = _written(directive, target)
    _recorded(case, manifest, SYSTEM, by=by)


def _written(directive: Directive, target: IO[bytes]) -> tuple[CaseContent, str]:
    try:
        case = gather(directive)
    except UnprovableError as error:
        raise DomainError(_("The seals cannot be read now. Nothing was taken out.")) from error
    return case, archive.write(case, target, at=timezone.now())


def _recorded(case: CaseContent, manifest: str, actor: Actor, *, by: str = "") -> Directive:
    return exporting.record_export(
        case.directive,
        up_to=case.head.seq,
        sealed_to=case.sealed_to,
        manifest=manifest,
        actor=actor,
        by=by,
    )


def _entitled(attempt: Attempt, directive: Directive) -> Actor:
    """Return the person under the hat that opens the export, the one she wears where it does."""
    fresh = Directive.objects.get(pk=directive.pk)
    if not policies.can_export_case(attempt.hats, fresh):
        raise NotAllowedError(_("Your position does not allow this act."))
    hats = policies.exporting_hats(attempt.hats)
    return attempt.actor if attempt.actor.hat in hats else Actor(attempt.actor.user, hats[0])
