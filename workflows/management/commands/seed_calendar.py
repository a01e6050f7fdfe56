"""`manage.py seed_calendar`: fill the calendar table for some years, and correct single days."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.authority import SYSTEM
from workflows.domain import calendars
from workflows.domain.errors import DomainError
from workflows.models.calendar import DayKind


class Command(BaseCommand):
    """Write announced holidays and swapped days to the table; rows already there stay."""

    help = "Write the announced holidays and swapped working days to the calendar; rows already there stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take years and `--set`."""
        parser.add_argument(
            "years", nargs="*", type=int, help="years to fill; this year and the next without any"
        )
        parser.add_argument(
            "--set",
            dest="corrections",
            nargs=4,
            action="append",
            default=[],
            metavar=("YYYY-MM-DD", "KIND", "NAME", "SOURCE"),
            help=f"say what one day is, with the announcement; KIND is one of {', '.join(DayKind.values)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, correct, and say how many rows came in.

        Raises:
            CommandError: a correction is not understood or names no announcement.
        """
        this_year = timezone.localdate().year
        years = options["years"] or [this_year, this_year + 1]
        for correction in options["corrections"]:
            self._set(*correction)
        self.stdout.write(f"calendar days added: {calendars.seed_calendar(years)}")

    def _set(self, on: str, kind: str, name: str, source: str) -> None:
        try:
            day = calendars.set_day(
                date.fromisoformat(on), kind=DayKind(kind), name=name, source=source, actor=SYSTEM
            )
        except (DomainError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"set: {day}, {day.kind}")
