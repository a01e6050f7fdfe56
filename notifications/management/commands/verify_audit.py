"""`manage.py verify_audit`: prove that no event was changed, added, moved or lost."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from notifications import triggers
from notifications.chain import verify_all, verify_chain
from notifications.sealing.checking import verify_seals


class Command(BaseCommand):
    """Walk the chains of events, and check them against the seals."""

    help = "Walk every chain of events and check the seals; prints each breach and exits with 1 where there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--chain`."""
        parser.add_argument("--chain", help="walk only this chain")

    def handle(self, *args: object, **options: object) -> None:
        """Walk, print, judge.

        Raises:
            CommandError: a chain or a seal is broken, or the database would let an event be changed.
        """
        chain = None if options["chain"] is None else str(options["chain"])
        report = verify_seals(chain=chain)  # first: what is written meanwhile is no breach of an older seal
        breaches = [*(verify_all() if chain is None else verify_chain(chain)), *report.breaches]
        for breach in breaches:
            self.stdout.write(f"BREACH {breach}")
        gone = triggers.missing(connection)
        for name in gone:
            self.stdout.write(f"MISSING TRIGGER {name}")
        for note in report.notes:
            self.stdout.write(f"NOTE {note}")
        if breaches or gone:
            msg = f"{len(breaches)} breaches, {len(gone)} triggers missing"
            raise CommandError(msg)
        self.stdout.write(f"every chain of events is whole, {report.seals} seals")
