"""`manage.py seal_audit`: sign the heads of all chains of events, and keep that outside the database."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.sealing import acts, keys


class Command(BaseCommand):
    """Seal now."""

    help = "Seal the chains of events now; exits with 1 where nothing, or not every chain, could be sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two options."""
        parser.add_argument("--public-key", action="store_true", help="print the public key, seal nothing")
        parser.add_argument(
            "--begin-again", default="", metavar="REASON", help="begin a new file where the old one is lost"
        )

    def handle(self, *args: object, **options: object) -> None:
        """Seal, and say what was sealed.

        Raises:
            CommandError: nothing was sealed, or a chain is broken and was left out.
        """
        is_new = not keys.own_key_place().exists()
        try:
            if options["public_key"]:
                self.stdout.write(keys.printed(keys.signing_key().public_key()))
                return
            made = acts.seal(begins_again=str(options["begin_again"]))
        except (acts.SealError, keys.BadKeyError) as error:
            raise CommandError(str(error)) from error
        if is_new and keys.own_key_place().exists():
            self.stdout.write(f"a key was made: {keys.own_key_place()}")
        header = made.header
        self.stdout.write(
            f"seal {made.number}: {header['events']} events in {header['chains']} chains, key {header['key']}"
        )
        if header["unsealed"]:
            raise CommandError(f"broken chains were left out: {', '.join(header['unsealed'])}")
