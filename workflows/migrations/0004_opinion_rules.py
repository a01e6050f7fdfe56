"""The rules of the opinion's row, once the rows that were there keep them."""

import django.db.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0003_prepared_answers'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='opinion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_by__isnull', False), ('stance__in', ('AGREE', 'AGREE_WITH_REMARKS', 'DISAGREE')), ('state', 'GIVEN')), models.Q(('signed_by__isnull', True), ('stance__in', ('DEEMED_AGREED', 'NO_REPLY')), ('state', 'SILENT')), models.Q(('signed_by__isnull', True), ('stance', ''), ('state', 'ASKED')), models.Q(('signed_by__isnull', True), ('stance', ''), ('state', 'WITHDRAWN'), ('withdrawn_by__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='only_the_clock_deems_agreed'),
        ),
        migrations.AddConstraint(
            model_name='opinion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stance', 'DEEMED_AGREED'), _negated=True), ('delivered_at__isnull', False), _connector='OR'), name='deemed_agreed_was_delivered'),
        ),
    ]
