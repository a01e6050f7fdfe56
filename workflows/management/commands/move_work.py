"""Move the work of somebody who leaves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.authority import SYSTEM
from accounts.models import Agency, User
from workflows.domain import leaving
from workflows.domain.errors import DomainError


class Command(BaseCommand):
    """Move everything that waits for one person at an agency to another, and end her delegations."""

    help = "Move what waits for one person alone to another of the same agency; ballot slips stay hers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the two people, and the agency."""
        parser.add_argument("--from", dest="leaver", required=True, help="user name of the person who leaves")
        parser.add_argument(
            "--to", dest="successor", required=True, help="user name of the person who takes over"
        )
        parser.add_argument("--agency", required=True, help="code of the agency she leaves")
        parser.add_argument("--dry-run", action="store_true", help="say what would move, and move nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Move and say what moved.

        Raises:
            CommandError: a name is unknown, or the move is refused.
        """
        leaver, successor = _person(options["leaver"]), _person(options["successor"])
        agency = Agency.objects.filter(code=options["agency"]).first()
        if agency is None:
            raise CommandError(f"no such agency: {options['agency']}")
        try:
            load = (
                leaving.load_of(leaver, agency)
                if options["dry_run"]
                else leaving.move_work(leaver, successor, agency, actor=SYSTEM)
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        for case in load.cases:
            self.stdout.write(f"{case.directive.code} {case.number}: {case.title}")
        verb = "would move" if options["dry_run"] else "moved"
        self.stdout.write(f"{verb}: {len(load.cases)} cases; delegations ended: {len(load.delegations)}")


def _person(username: str) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        raise CommandError(f"no such person: {username}")
    return found
