"""Refuse changes to written events in the database itself."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from notifications import triggers


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    triggers.install(schema_editor.connection)


def drop(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the triggers."""
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    """Install the triggers of `notifications.triggers`."""

    dependencies: ClassVar = [("notifications", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(install, drop)]
