"""Everything at once, for a new database; one that exists goes through what this replaces."""

from django.conf import settings
from django.db import migrations, models
from notifications import triggers
import django.db.models.deletion
import uuid

def install(_apps, schema_editor):
    triggers.install(schema_editor.connection)


def drop(_apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    replaces = [
        ('notifications', '0001_initial'),
        ('notifications', '0002_event_triggers'),
        ('notifications', '0003_decision'),
    ]


    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChainHead',
            fields=[
                ('chain', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='chain')),
                ('seq', models.PositiveBigIntegerField(default=0, verbose_name='sequence')),
                ('hash', models.CharField(max_length=64, verbose_name='hash')),
            ],
            options={
                'verbose_name': 'head of a chain',
                'verbose_name_plural': 'heads of chains',
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('chain', models.CharField(max_length=64, verbose_name='chain')),
                ('seq', models.PositiveBigIntegerField(verbose_name='sequence')),
                ('kind', models.CharField(max_length=64, verbose_name='kind')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor')),
                ('actor_label', models.CharField(max_length=300, verbose_name='actor as named then')),
                ('on_behalf_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='on behalf of')),
                ('subject_type', models.CharField(max_length=100, verbose_name='subject type')),
                ('subject_id', models.CharField(max_length=64, verbose_name='subject id')),
                ('data', models.JSONField(verbose_name='data')),
                ('occurred_at', models.DateTimeField(verbose_name='occurred at')),
                ('prev_hash', models.CharField(max_length=64, verbose_name='hash before')),
                ('hash', models.CharField(max_length=64, verbose_name='hash')),
                ('batch', models.UUIDField(null=True, verbose_name='bulk act')),
                ('dispatched_at', models.DateTimeField(null=True, verbose_name='dispatched at')),
                ('claimed_until', models.DateTimeField(null=True, verbose_name='claimed until')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('dead_at', models.DateTimeField(null=True, verbose_name='given up at')),
                ('last_error', models.TextField(default='', verbose_name='last error')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'indexes': [models.Index(condition=models.Q(('dead_at__isnull', True), ('dispatched_at__isnull', True)), fields=['chain', 'seq'], name='event_pending'), models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch', 'id'], name='events_of_a_batch')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'seq'), name='one_event_per_place_in_chain')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('seq', models.PositiveBigIntegerField(verbose_name='sequence')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='notifications.event', verbose_name='event')),
                ('batch', models.UUIDField(null=True, verbose_name='bulk act')),
                ('read_at', models.DateTimeField(null=True, verbose_name='read at')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
                'constraints': [models.UniqueConstraint(fields=('user', 'seq'), name='one_notification_per_place'), models.UniqueConstraint(fields=('user', 'event'), name='one_notification_per_event'), models.UniqueConstraint(fields=('user', 'batch'), name='one_notification_per_bulk_act')],
            },
        ),
        migrations.CreateModel(
            name='NotificationCursor',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('last_seq', models.PositiveBigIntegerField(default=0, verbose_name='last sequence')),
                ('read_seq', models.PositiveBigIntegerField(default=0, verbose_name='read up to')),
            ],
            options={
                'verbose_name': 'notification cursor',
                'verbose_name_plural': 'notification cursors',
            },
        ),
        migrations.RunPython(install, drop),
    ]
