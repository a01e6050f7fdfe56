"""What each hat of a person lets see in general, whatever cases there are."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.authority import Hat
from accounts.models import AgencyKind, Field, Position
from workflows import holding
from workflows.presenting import date_and_time


def reach_of(hats: Iterable[Hat]) -> list[tuple[Hat, list[str]]]:
    """Return each hat with what it lets see, in sentences; one statement where a hat is lent for some fields."""
    worn = list(hats)
    wanted = {key for hat in worn if hat.lent for key in hat.lent.fields}
    names = dict(Field.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return [(hat, [_reach(hat), *_scope(hat, names)]) for hat in worn]


def _reach(hat: Hat) -> str:
    if hat.agency_kind == AgencyKind.COMMITTEE and hat.position == Position.MEMBER:
        return _("The cases a member is asked about by ballot.")
    if hat.lent is None and holding.is_office_wide([hat]):
        return _("Every issued directive.")
    return _(
        "The cases its agency leads, from the issue of the directive on, and those it coordinates, once it is asked."
    )


def _scope(hat: Hat, names: dict[int, str]) -> list[str]:
    if hat.lent is None:
        return []
    end = _("Lent until %(end)s.") % {"end": date_and_time(hat.lent.ends_at)}
    if not hat.lent.fields:
        return [end]
    fields = ", ".join(sorted(names[key] for key in hat.lent.fields))
    return [_("Only cases of the fields: %(fields)s.") % {"fields": fields}, end]
