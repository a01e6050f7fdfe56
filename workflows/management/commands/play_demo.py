"""Play the demonstration."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.demonstration.load import NotForProductionError, load
from workflows.demonstration.play import Line, Play, StuckError, untouched
from workflows.domain.errors import DomainError


class Command(BaseCommand):
    """Drive one plan-type assignment through the real acts to the issued plan."""

    help = "Play one plan from receipt to issue, one line an act; exits non-zero if any act fails."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true", help="print one JSON object an act")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play and print."""
        try:
            load(password=settings.DEMO_PASSWORD)
            play = Play(untouched())
            for line in play.lines():
                self._print(line, as_json=options["json"])
        except (NotForProductionError, StuckError, DomainError) as error:
            raise CommandError(str(error)) from error
        issued = play.issued()
        self.stdout.write(
            json.dumps({"issued": issued}, ensure_ascii=False) if options["json"] else f"issued: {issued}"
        )

    def _print(self, line: Line, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(line.as_dict(), ensure_ascii=False))
        else:
            self.stdout.write(f"{line.step:22} {line.actor:20} {line.agency:10} {line.phase:11} {line.event}")
