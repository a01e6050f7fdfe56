"""Print the link with which a person sets her password, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.authority import SYSTEM
from accounts.domain import credentials
from accounts.models import User


class Command(BaseCommand):
    """Hand over a link; where her phone is lost, take her second factors away first."""

    help = "Print the link with which a person sets her password, once and within three days."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the person."""
        parser.add_argument("username")
        parser.add_argument(
            "--reset-factors", action="store_true", help="take her second factors away as well"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it.

        Raises:
            CommandError: there is no such person, or her account is closed.
        """
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"no open account: {options['username']}")
        if options["reset_factors"]:
            credentials.reset_factors(user, actor=SYSTEM)
        path = reverse("welcome", args=credentials.invite(user, actor=SYSTEM))
        origin = settings.WEBSOCKET_ORIGINS[0] if settings.WEBSOCKET_ORIGINS else ""
        self.stdout.write(f"{origin}{path}")
