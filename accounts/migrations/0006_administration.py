"""Tables that wait to be confirmed, and decided rules of the working regulation with what keeps them."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from accounts import regulation_triggers


def install(_apps, schema_editor):
    regulation_triggers.install(schema_editor.connection)


def drop(_apps, schema_editor):
    regulation_triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_squashed_0005_decision'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('PEOPLE', 'People'), ('AGENCIES', 'Agencies')], max_length=8)),
                ('file_name', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('uploaded_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RegulationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('number', models.PositiveIntegerField()),
                ('value', models.JSONField(verbose_name='value')),
                ('citation', models.CharField(max_length=300, verbose_name='citation')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('created_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'number'), name='one_decision_at_a_time_on_a_rule'), models.CheckConstraint(condition=models.Q(('citation', ''), _negated=True), name='regulation_rule_has_a_citation')],
            },
        ),
        migrations.RunPython(install, drop),
    ]
