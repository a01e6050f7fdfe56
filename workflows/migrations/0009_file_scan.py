from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0008_review_grounds")]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='scan',
            field=models.CharField(choices=[('CLEAN', 'clean'), ('WAITING', 'being checked for viruses'), ('INFECTED', 'held back, a virus was found')], default='CLEAN', max_length=8),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='virus',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='scan_tries',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(condition=models.Q(('scan', 'WAITING')), fields=['scan_tries', 'id'], name='files_to_be_scanned'),
        ),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(('scan__in', ['CLEAN', 'WAITING', 'INFECTED'])), name='known_scan'),
        ),
    ]
