"""A world of every kind of right, then shaken: posts, loans, rights and accounts changed by chance, row by row."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import (
    AgencyPosition,
    Delegation,
    DelegationForm,
    DocumentKind,
    Field,
    Membership,
    Position,
    User,
)
from tests.factories import act, actor, advance, make_agency, make_directive, make_member, make_user, start
from tests.workflows.ballot_desk import call, make_committee
from tests.workflows.test_routing import charge
from workflows.domain import assignments
from workflows.domain.directives import AssignmentInput
from workflows.models import (
    Assignment,
    Participation,
    ParticipationGroupGrant,
    ParticipationUserGrant,
    Product,
    Role,
)

NODES = ("receive", "prepare_opinion", "dispose", "review")


def make():
    """Return people and cases at each stage, some with a field, a ballot, a handover, another lead."""
    world = make_committee(2)
    second = make_agency("s02")
    for position in (Position.SPECIALIST, Position.HEAD, Position.DIVISION_HEAD, Position.CLERK):
        world.people[f"s02.{position.lower()}"] = make_member(second, position)
    world.people["skhdt.deputy"] = make_member(world.lead, Position.DEPUTY_HEAD, "skhdt.deputy")
    vice = make_member(world.committee, Position.VICE_CHAIR, "ubnd.vice_chair2")
    world.people["ubnd.vice_chair2"] = vice
    world.people["nobody"] = make_user("nobody")
    world.people["root"] = make_user("root", is_superuser=True, is_staff=True)
    fields = [Field.objects.create(code=code, name=code) for code in ("kinh-te", "van-xa")]
    charge(vice, fields[0])
    for number, node in enumerate(NODES):
        advance(world, _begin(world, fields[number % 2] if number % 3 else None), node)
    call(world, _decide(world, None))
    handed = _decide(world, fields[0])
    to = world.who("ubnd.vice_chair").memberships.get().pk
    act(vice, handed, "decide", "hand_over", to=to, note="Lĩnh vực khác")
    moved = _begin(world, None)
    assignments.replace_lead(moved, second, actor=actor(world.who("vp.head")))
    make_directive(world)
    return world


def _begin(world, field):
    row = AssignmentInput(
        title="Kế hoạch",
        text="Xây dựng",
        lead=world.lead,
        coordinating=tuple(world.others),
        product=Product.PLAN,
        field=field,
    )
    return start(world, row)


def _decide(world, field):
    assignment = _begin(world, field)
    advance(world, assignment, "decide")
    return assignment


def shake(chance):
    """Change posts, accounts, parts, rights and loans by chance, whatever the acts would allow."""
    today, now = timezone.localdate(), timezone.now()
    memberships = list(Membership.objects.order_by("pk"))
    for held in chance.sample(memberships, 5):
        ends = chance.choice((today, today - timedelta(days=3), today + timedelta(days=1)))
        Membership.objects.filter(pk=held.pk).update(valid_to=ends)
    for held in chance.sample(memberships, 2):
        Membership.objects.filter(pk=held.pk).update(valid_from=today + timedelta(days=1), valid_to=None)
    people = list(User.objects.order_by("pk"))
    User.objects.filter(pk__in=[each.pk for each in chance.sample(people, 3)]).update(is_active=False)
    for person in chance.sample(people, 6):
        place = chance.choice(list(AgencyPosition.objects.order_by("pk")))
        Membership.objects.get_or_create(
            user=person, agency_position=place, valid_from=today - timedelta(days=9)
        )
    _shake_rights(chance, now)
    for _number in range(30):
        _lend(chance, people, now)


def _shake_rights(chance, now):
    for model in (ParticipationGroupGrant, ParticipationUserGrant):
        keys = sorted(model.objects.values_list("pk", flat=True))
        for hours in (-1, 1):
            some = chance.sample(keys, len(keys) // 6)
            model.objects.filter(pk__in=some).update(expires_at=now + timedelta(hours=hours))
        model.objects.filter(pk__in=chance.sample(keys, len(keys) // 8)).delete()
    parts = list(Participation.objects.current().exclude(role=Role.LEAD).order_by("pk"))
    ended = chance.sample(parts, 4)
    Participation.objects.filter(pk__in=[each.pk for each in ended]).update(ended_at=now)


def _lend(chance, people, now):
    held = chance.choice(list(Membership.objects.order_by("pk")))
    starts = now + timedelta(hours=chance.choice((-48, -48, -48, 2)))
    accepted = chance.choice((now - timedelta(hours=40), now - timedelta(hours=40), None))
    loan = Delegation.objects.create(
        membership=held,
        delegate=chance.choice(people),
        form=chance.choice(DelegationForm.values),
        basis="45/GUQ-UBND",
        kinds=chance.sample(DocumentKind.values, 3),
        starts_at=starts,
        ends_at=starts + timedelta(hours=chance.choice((24, 96, 96, 96))),
        proposed_by=held.user,
        proposed_at=now - timedelta(hours=50),
        confirmed_at=now - timedelta(hours=50),
        accepted_at=accepted,
        revoked_at=chance.choice((None, None, None, now)),
    )
    loan.fields.set(chance.choice(([], [], [Field.objects.order_by("pk")[0]], list(Field.objects.all()))))


def every_case():
    """Return all assignments, loaded as the pages load them."""
    return list(Assignment.objects.select_related("directive", "field", "lead").order_by("pk"))
