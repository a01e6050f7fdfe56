"""Count tries by user name and address; the user name is kept as a keyed hash.

Tries last a quarter of an hour, so the table is made anew instead of being converted.
"""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_user_trigger'),
    ]

    operations = [
        migrations.DeleteModel(name='SignInAttempt'),
        migrations.CreateModel(
            name='SignInAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username_hash', models.CharField(max_length=64)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('failed_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['username_hash', 'failed_at'], name='attempts_of_a_user_name'),
                    models.Index(fields=['address', 'failed_at'], name='attempts_from_an_address'),
                ],
            },
        ),
    ]
