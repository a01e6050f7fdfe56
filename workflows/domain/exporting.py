"""A case is taken out of the system: who took out which state of it stays on record."""

from typing import Any

from django.db import transaction

from accounts.authority import Actor
from notifications.models import Event
from workflows.domain.events import record_directive
from workflows.models import Directive

KIND = "case.exported"


@transaction.atomic
def record_export(
    directive: Directive, *, up_to: int, sealed_to: int, manifest: str, actor: Actor, by: str = ""
) -> Directive:
    """Write to the chain that its events up to a place were taken out, with the documents the manifest names.

    `manifest` is the SHA-256 of the manifest, `by` who did it where no person of the system did.
    """
    said: dict[str, Any] = {"up_to": up_to, "sealed_to": sealed_to, "sha256": manifest}
    record_directive(KIND, directive, actor=actor, **said | ({"by": by} if by else {}))
    return directive


def last_export(directive: Directive) -> Event | None:
    """Return when the case was taken out last, if it was; one statement."""
    return Event.objects.filter(chain=directive.chain, kind=KIND).order_by("-seq").first()
