"""Registers of issued documents: one number series per issuer, type group and year."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Register(models.Model):
    """A number series; locked while a number is taken, so numbers are unique and gapless."""

    issuer = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    type_group = models.CharField(max_length=16)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "type_group", "year"], name="one_series_per_issuer_type_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id}/{self.type_group}/{self.year}"


class IssuedDocument(models.Model):
    """A numbered and issued plan (Decree 30/2020/NĐ-CP art. 15)."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="documents")
    number = models.PositiveIntegerField()
    symbol = models.CharField(_("symbol"), max_length=60)
    issued_on = models.DateField(_("date of issue"))
    decision = models.OneToOneField("workflows.Decision", models.PROTECT, related_name="issued_document")
    recipients = models.TextField(_("recipients"), blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="one_number_per_series")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Number and symbol as printed; a leading zero below ten (Decree 30/2020, appendix I)."""
        return f"{self.number:02d}/{self.symbol}"
