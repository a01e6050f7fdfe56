"""`manage.py serve`: the whole system in one process."""

from channels.routing import get_default_application
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.embedded import EmbeddedServer


class Command(BaseCommand):
    """Serve pages and sockets, relay events, run the periodic jobs."""

    help = "Serve everything in one process until it is told to end; prints its address."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address; the defaults are the settings HOST and PORT."""
        parser.add_argument("--host", default=settings.HOST, help="address to listen on")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port; 0 takes a free one")

    def handle(self, *args: object, **options: object) -> None:
        """Serve.

        Raises:
            CommandError: the address is taken.
        """
        host, port = str(options["host"]), int(str(options["port"]))
        application = get_default_application()
        try:
            EmbeddedServer(application, host=host, port=port, on_ready=self._announce).run()
        except OSError as error:
            msg = f"{host}:{port}: {error}"
            raise CommandError(msg) from error

    def _announce(self, addresses: list[str]) -> None:
        for address in addresses:
            self.stdout.write(address)
        self.stdout.flush()
