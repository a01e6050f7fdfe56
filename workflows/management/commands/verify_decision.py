"""`manage.py verify_decision`: prove that what was decided on is what lies in the database and on disk."""

from argparse import ArgumentParser
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from workflows.domain import verifying
from workflows.domain.binding import UnknownFormError
from workflows.domain.verifying import Finding
from workflows.models import Decision


class Command(BaseCommand):
    """Recompute decisions."""

    help = "Recompute what decisions bind to; prints each, and exits with 1 where one is not whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ids, or `--all`."""
        parser.add_argument(
            "ids", nargs="*", metavar="id", help="key of a decision, or public id of an assignment"
        )
        parser.add_argument("--all", action="store_true", help="every decision there is")

    def handle(self, *args: object, **options: object) -> None:
        """Recompute, print, judge.

        Raises:
            CommandError: nothing is named, a name names nothing, or a decision is not whole.
        """
        broken = sum(not self._is_whole(decision) for decision in self._wanted(options))
        if broken:
            message = f"{broken} decisions are not whole"
            raise CommandError(message)

    def _wanted(self, options: dict[str, object]) -> list[Decision]:
        if options["all"]:
            return list(verifying.loaded())
        names = list(options["ids"])  # type: ignore[call-overload]
        if not names:
            message = "name a decision or an assignment, or say --all"
            raise CommandError(message)
        return [decision for name in names for decision in self._named(name)]

    def _named(self, name: str) -> "QuerySet[Decision]":
        found = verifying.decisions_named(name) if _is_name(name) else Decision.objects.none()
        if not found:
            message = f"{name} names no decision"
            raise CommandError(message)
        return found

    def _is_whole(self, decision: Decision) -> bool:
        what = f"{decision.pk} {decision.verb} {decision.decided_at:%Y-%m-%dT%H:%M:%SZ} {decision.content_sha256}"
        try:
            finding = verifying.verify(decision)
        except UnknownFormError as error:
            self.stdout.write(f"UNKNOWN {what}: {error.message}")
            return False
        self.stdout.write(f"{'WHOLE' if finding.is_whole else 'BROKEN'} {what}{_said(finding)}")
        return finding.is_whole


def _is_name(name: str) -> bool:
    try:
        return name.isdecimal() or bool(UUID(name))
    except ValueError:
        return False


def _said(finding: Finding) -> str:
    decision = finding.decision
    said = [f": {', '.join(finding.broken)}"] if finding.broken else []
    if decision.ended_at is not None:
        said.append(
            f"; ended {decision.ended_how} {decision.ended_at:%Y-%m-%dT%H:%M:%SZ}: {decision.end_reason}"
        )
    if finding.moved_on:
        said.append(f"; moved on since: {', '.join(finding.moved_on)}")
    return "".join(said)
