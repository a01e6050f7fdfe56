"""`manage.py replay_dead`: give events that were given up another twelve attempts."""

from django.core.management.base import BaseCommand, CommandParser

from notifications.relay import replay_dead


class Command(BaseCommand):
    """Put dead events back into the outbox."""

    help = "Put events that were given up back into the outbox, after their cause was mended."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--chain`."""
        parser.add_argument("--chain", help="only events of this chain")

    def handle(self, *args: object, **options: object) -> None:
        """Replay, and say how many."""
        chain = options["chain"]
        self.stdout.write(f"events replayed: {replay_dead(chain=None if chain is None else str(chain))}")
