"""Load the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflows.demonstration.load import NotForProductionError, load


class Command(BaseCommand):
    """Load agencies, invented people and the directive; a second time changes nothing."""

    help = "Load the demonstration: agencies, invented people, Công văn 3983/UBND-TKTH. Repeating it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print the accounts."""
        try:
            loaded = load(password=settings.DEMO_PASSWORD)
        except NotForProductionError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Demonstration: {loaded.directive.code}, {len(loaded.usernames)} accounts (invented people):"
        )
        for start in range(0, len(loaded.usernames), 6):
            self.stdout.write("  " + "  ".join(loaded.usernames[start : start + 6]))
        if loaded.password is None:
            self.stdout.write(
                "Password: as printed when the accounts were made (or DEMO_PASSWORD of that time)."
            )
        else:
            self.stdout.write(f"Password of every account: {loaded.password}")
