"""Everything at once, for a new database; one that exists goes through what this replaces."""

from accounts import triggers
from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import django.utils.timezone
import uuid

def install(_apps, schema_editor):
    triggers.install(schema_editor.connection)


def drop(_apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_sign_in_attempt'),
        ('accounts', '0003_user_trigger'),
        ('accounts', '0004_sign_in_attempt_by_address'),
        ('accounts', '0005_decision'),
    ]


    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('symbol', models.CharField(max_length=30, verbose_name='symbol')),
                ('symbol_proven', models.BooleanField(default=False, verbose_name='symbol proven by a document')),
                ('kind', models.CharField(choices=[('COMMITTEE', "People's Committee"), ('OFFICE', 'Office of the Committee'), ('DEPARTMENT', 'Department'), ('BODY', 'Other city body'), ('VERTICAL', 'Central agency in the city'), ('DISTRICT', 'District'), ('PARTY', 'Party and mass organisation')], max_length=12)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='accounts.agency')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='agency_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='AgencyName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='accounts.agency')),
                ('full_name', models.CharField(max_length=200, verbose_name='full name')),
                ('short_name', models.CharField(max_length=80, verbose_name='short name')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agency', 'valid_from'), name='one_agency_name_from_a_day'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='agency_name_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='AgencyPosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='accounts.agency')),
                ('position', models.CharField(choices=[('HEAD', 'Head'), ('DEPUTY_HEAD', 'Deputy head'), ('DIVISION_HEAD', 'Head of division'), ('SPECIALIST', 'Specialist'), ('CLERK', 'Clerk'), ('CHAIR', 'Chair'), ('VICE_CHAIR', 'Vice-Chair'), ('MEMBER', 'Member')], max_length=14)),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='agency_position', to='auth.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agency', 'position'), name='one_group_per_agency_position')],
            },
        ),
        migrations.CreateModel(
            name='Field',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='SignInAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username_hash', models.CharField(max_length=64)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('failed_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['username_hash', 'failed_at'], name='attempts_of_a_user_name'), models.Index(fields=['address', 'failed_at'], name='attempts_from_an_address')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(max_length=80, unique=True, verbose_name='user name')),
                ('full_name', models.CharField(max_length=150, verbose_name='full name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('is_demo', models.BooleanField(default=False, verbose_name='invented for the demonstration')),
                ('last_active_on', models.DateField(blank=True, null=True)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('deactivated_at', models.DateTimeField(blank=True, null=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('agency_position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.agencyposition')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('is_acting', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'agency_position', 'valid_from'), name='unique_membership_start'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='membership_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='AbsenceProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership')),
                ('inactive_since', models.DateField()),
                ('proposed_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('membership', 'inactive_since'), name='one_proposal_per_absence')],
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='accounts.membership')),
                ('delegate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_held', to=settings.AUTH_USER_MODEL)),
                ('form', models.CharField(choices=[('KT', "Signs in the leader's place (KT.)"), ('TUQ', 'Signs by mandate (TUQ.)')], max_length=3, verbose_name='form of signature')),
                ('basis', models.CharField(max_length=200, verbose_name='basis document')),
                ('kinds', models.JSONField(default=list, verbose_name='kinds of papers')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('decline_reason', models.CharField(blank=True, max_length=500)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fields', models.ManyToManyField(blank=True, related_name='+', to='accounts.field', verbose_name='fields')),
            ],
            options={
                'indexes': [models.Index(fields=['delegate', 'ends_at'], name='delegations_of_a_delegate')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='delegation_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('declined_at', None), _connector='OR'), name='delegation_is_accepted_or_declined'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('confirmed_at__isnull', False), _connector='OR'), name='delegation_is_confirmed_before_accepted'), models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='delegation_names_its_document')],
            },
        ),
        migrations.CreateModel(
            name='Responsibility',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responsibilities', to='accounts.membership')),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responsibilities', to='accounts.field')),
                ('basis', models.CharField(max_length=200, verbose_name='basis document')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='until, not included')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('membership', 'field', 'valid_from'), name='unique_responsibility_start'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='responsibility_ends_after_it_starts')],
            },
        ),
        migrations.RunPython(install, drop),
    ]
