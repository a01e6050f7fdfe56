"""Load the fields of responsibility."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.domain import fields


class Command(BaseCommand):
    """Bring the fields in line with a table; a second time changes nothing."""

    help = "Load the fields of responsibility from a CSV (code, name, order); a small table for Đà Nẵng by default."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the path of the table."""
        parser.add_argument("table", nargs="?", type=Path, help="CSV with the columns code, name, order")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many there are."""
        count = fields.load_fields(options["table"])
        self.stdout.write(f"Fields: {count}")
