"""What agencies had prepared moves out of the opinion; requests that had gone out were delivered when they were opened."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def _content(opinion, remarks):
    return {
        "stance": opinion.stance,
        "reason": opinion.reason,
        "document_number": opinion.document_number,
        "remarks": [
            {
                "anchor": remark.anchor,
                "anchor_key": str(remark.anchor_key) if remark.anchor_key else None,
                "text": remark.text,
                "suggestion": remark.suggestion,
            }
            for remark in remarks
        ],
        "answers": {},
    }


def move_prepared(apps, schema_editor):
    Opinion = apps.get_model("workflows", "Opinion")
    Remark = apps.get_model("workflows", "Remark")
    PreparedAnswer = apps.get_model("workflows", "PreparedAnswer")
    for opinion in Opinion.objects.filter(state="PREPARED").select_related("consultation"):
        remarks = list(Remark.objects.filter(opinion=opinion).order_by("number"))
        if opinion.prepared_by_id is not None:
            PreparedAnswer.objects.create(
                opinion=opinion,
                content=_content(opinion, remarks),
                prepared_by_id=opinion.prepared_by_id,
                prepared_at=opinion.consultation.opened_at,
            )
        Remark.objects.filter(opinion=opinion).delete()
        opinion.state, opinion.stance, opinion.reason, opinion.document_number = "ASKED", "", "", ""
        opinion.save()
    # A head's text that came back unsigned had left its position on the row.
    Opinion.objects.filter(state="ASKED").exclude(stance="").update(stance="", reason="", document_number="")


def note_delivery(apps, schema_editor):
    Opinion = apps.get_model("workflows", "Opinion")
    Consultation = apps.get_model("workflows", "Consultation")
    Participation = apps.get_model("workflows", "Participation")
    opened = Consultation.objects.filter(pk=OuterRef("consultation")).values("opened_at")[:1]
    Opinion.objects.filter(delivered_at=None).update(delivered_at=Subquery(opened))
    Participation.objects.filter(opinions__isnull=False).update(to_be_asked=False)
    Consultation.objects.filter(closed_at__isnull=False).update(disposition_started_at=F("closed_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0002_consultation'),
    ]

    operations = [
        migrations.RunPython(move_prepared, migrations.RunPython.noop),
        migrations.RunPython(note_delivery, migrations.RunPython.noop),
    ]
