"""Pass the open work of an abolished agency on to its successor."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.authority import SYSTEM
from accounts.models import Agency
from workflows.domain import succession
from workflows.domain.errors import DomainError
from workflows.flows import leaving


class Command(BaseCommand):
    """Give every open part of an agency that has ended to the successor it names."""

    help = (
        "Pass the open work of an agency that has ended on to its successor; answered opinions keep its name."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the agency."""
        parser.add_argument("code", help="code of the agency that has ended")
        parser.add_argument("--dry-run", action="store_true", help="say what would pass, and pass nothing on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Pass on and say what passed.

        Raises:
            CommandError: there is no such agency, it still exists, or its successor does not.
        """
        agency = Agency.objects.select_related("successor").filter(code=options["code"]).first()
        if agency is None:
            raise CommandError(f"no such agency: {options['code']}")
        try:
            estate = (
                succession.estate_of(agency) if options["dry_run"] else leaving.succeed(agency, actor=SYSTEM)
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        for part in estate.parts:
            case = part.assignment
            self.stdout.write(f"{case.directive.code} {case.number}: {case.title} ({part.role})")
        verb = "would pass" if options["dry_run"] else "passed"
        self.stdout.write(
            f"{verb} to {estate.successor.code}: {len(estate.parts)} parts, {len(estate.cases)} cases"
        )
