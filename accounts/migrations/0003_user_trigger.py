"""Refuse to delete people in the database itself."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts import triggers


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the trigger."""
    triggers.install(schema_editor.connection)


def drop(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the trigger."""
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    """Install the trigger of `accounts.triggers`."""

    dependencies: ClassVar = [("accounts", "0002_sign_in_attempt")]

    operations: ClassVar = [migrations.RunPython(install, drop)]
