"""`manage.py administrator`: say who administers, and who no longer does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.authority import SYSTEM
from accounts.domain import administering, people
from accounts.models import User


class Command(BaseCommand):
    """Make a person an administrator, or end that."""

    help = "Make a person an administrator (a technical role without any business right), or end that with --end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the user name, a name for a new account, and `--end`."""
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="full name; makes the account where it is missing")
        parser.add_argument("--end", action="store_true", help="she no longer administers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark the account.

        Raises:
            CommandError: there is no such account and no name to make one.
        """
        username = User.normalize_username(options["username"])
        user = User.objects.filter(username=username).first()
        if user is None:
            if options["end"] or not options["name"]:
                raise CommandError(f"there is no account {username}; --name makes one")
            user = people.create_user(username, full_name=options["name"], actor=SYSTEM)
        administering.give_powers(user, is_administrator=not options["end"])
        self.stdout.write(f"{user.username}: {'administrator' if user.is_staff else 'no administrator'}")
