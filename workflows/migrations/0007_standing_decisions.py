"""A submission names the decision that stands; a return may have several grounds."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    Submission = apps.get_model("workflows", "Submission")
    Decision = apps.get_model("workflows", "Decision")
    decided = Decision.objects.filter(submission=OuterRef("pk")).values("pk")[:1]
    Submission.objects.filter(decisions__isnull=False).update(decision=Subquery(decided))
    Review = apps.get_model("workflows", "Review")
    for ground in Review.objects.exclude(ground="").values_list("ground", flat=True).distinct():
        Review.objects.filter(ground=ground).update(grounds=[ground])


class Migration(migrations.Migration):
    dependencies = [("workflows", "0006_decision")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
