"""Prove that the inbox shows exactly what people may do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows import inbox


class Command(BaseCommand):
    """Compare every open inbox entry with rights and open tasks."""

    help = "Compare inbox entries with rights and open tasks; exits with 1 where they disagree."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every mismatch.

        Raises:
            CommandError: entries and rights disagree.
        """
        mismatches = list(inbox.check())
        for mismatch in mismatches:
            self.stderr.write(str(mismatch))
        if mismatches:
            message = f"{len(mismatches)} tasks whose inbox entries do not match the rights"
            raise CommandError(message)
        self.stdout.write(self.style.SUCCESS("Inbox entries match rights and open tasks."))
