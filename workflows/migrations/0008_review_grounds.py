from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0007_standing_decisions")]

    operations = [
        migrations.RemoveField(
            model_name='review',
            name='ground',
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'RETURNED'), models.Q(('grounds', []), _negated=True)), models.Q(('grounds', []), ('verdict', 'CLEARED')), _connector='OR'), name='returned_review_has_a_ground'),
        ),
    ]
