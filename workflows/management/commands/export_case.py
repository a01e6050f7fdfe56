"""`manage.py export_case`: one case as a file that proves itself, without a browser."""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from workflows.domain.errors import DomainError
from workflows.flows import exporting
from workflows.models import Directive


class Command(BaseCommand):
    """Take a case out."""

    help = "Write the whole case of a directive to a ZIP file; the chain records that it was taken out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the directive and the file."""
        parser.add_argument("directive", type=UUID, help="public id of the directive")
        parser.add_argument("file", type=Path, help="where to write; must not be there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file.

        Raises:
            CommandError: there is no such issued directive, the file is there, or it cannot be written.
        """
        place: Path = options["file"]
        directive = Directive.objects.issued().select_related("issuer").filter(public_id=options["directive"])
        found = directive.first()
        if found is None:
            raise CommandError(f"{options['directive']} names no issued directive")
        try:
            with place.open("xb") as target:
                self._write(found, target)
        except FileExistsError as error:
            raise CommandError(f"{place} is there already") from error
        except (DomainError, OSError) as error:
            place.unlink(missing_ok=True)
            raise CommandError(str(error)) from error
        self.stdout.write(f"{place}: {found.code}")

    def _write(self, directive: Directive, target: Any) -> None:
        exporting.export_by_command(directive, target, by=f"export_case: {getpass.getuser()}")
