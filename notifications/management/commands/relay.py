"""`manage.py relay`: tell the readers of pending events, once or for ever."""

import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from notifications.relay import SWEEP_SECONDS, dispatch_pending


class Command(BaseCommand):
    """Sweep the outbox."""

    help = "Tell the readers of pending events; exits when the outbox is empty unless --forever is given."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--forever`."""
        parser.add_argument("--forever", action="store_true", help="sweep every few seconds until stopped")

    def handle(self, *args: object, **options: object) -> None:
        """Sweep once or for ever."""
        told = self._sweep()
        self.stdout.write(f"events told: {told}")
        while options["forever"]:
            time.sleep(SWEEP_SECONDS)
            close_old_connections()
            self._sweep()

    def _sweep(self) -> int:
        told = 0
        while batch := dispatch_pending():
            told += batch
        return told
