"""`manage.py verify_audit`: prove that no event was changed, added, moved or lost."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from notifications import triggers
from notifications.chain import verify_all, verify_chain


class Command(BaseCommand):
    """Walk the chains of events."""

    help = "Walk every chain of events; prints each breach and exits with 1 where there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--chain`."""
        parser.add_argument("--chain", help="walk only this chain")

    def handle(self, *args: object, **options: object) -> None:
        """Walk, print, judge.

        Raises:
            CommandError: a chain is broken, or the database would let an event be changed.
        """
        chain = options["chain"]
        breaches = verify_all() if chain is None else verify_chain(str(chain))
        for breach in breaches:
            self.stdout.write(f"BREACH {breach}")
        gone = triggers.missing(connection)
        for name in gone:
            self.stdout.write(f"MISSING TRIGGER {name}")
        if breaches or gone:
            msg = f"{len(breaches)} breaches, {len(gone)} triggers missing"
            raise CommandError(msg)
        self.stdout.write("every chain of events is whole")
