"""The pages that say why: the reader's own, those about others, and a number that is not found."""

import re
from datetime import timedelta
from io import StringIO
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Field, Position
from tests.factories import act, actor, advance, make_agency, make_directive, make_member, make_user, start
from tests.lending import lend, over
from tests.workflows.ballot_desk import call, make_committee
from tests.workflows.test_routing import begin, charge
from workflows.domain import assignments
from workflows.models.grant import permission_ids

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_world(kept):
    """A Committee with members beside lead, Office and one coordinating agency."""
    return make_committee(1)


@pytest.fixture
def case(world):
    return start(world)


def browser(user):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def page(user, assignment, **query):
    return browser(user).get(reverse("why", args=[assignment.public_id]), query)


def grounds(user, assignment):
    return page(user, assignment).context["mine"]


def refusals(asker, user, assignment):
    return page(asker, assignment, person=user.username).context["asked"].refusals


def test_case_page_leads_to_why(world, case):
    html = browser(world.who("skhdt.clerk")).get(reverse("assignment", args=[case.public_id]))
    assert reverse("why", args=[case.public_id]) in html.content.decode()


def test_part_names_agency_role_rights_and_end(world, case):
    (line,) = grounds(world.who("skhdt.clerk"), case).lines
    assert line.capacity == "Clerk, SKHDT"
    assert line.source.startswith("By the agency's part in the case: SKHDT, Lead, since ")
    assert line.rights == "read the case"
    assert line.end == "For as long as the position is held and the agency's part lasts."


def test_position_of_the_office_is_named_beside_its_part(world, case):
    first, second = grounds(world.who("vp.clerk"), case).lines
    assert first.source == "By the position: the Office and the Committee read every issued directive."
    assert first.end == "For as long as the position is held."
    assert second.rights == "read the case, number and issue"


def test_position_that_ends_says_when(world, case):
    clerk = world.who("skhdt.clerk")
    last = timezone.localdate() + timedelta(days=9)
    clerk.memberships.update(valid_to=last)
    (line,) = grounds(clerk, case).lines
    assert line.end == f"Until the position ends on {last:%d/%m/%Y}."


def test_field_names_the_paper_that_assigned_it(world):
    vice = make_member(world.committee, Position.VICE_CHAIR, "ubnd.vice_chair2")
    field = Field.objects.create(code="kinh-te", name="Kinh tế")
    charged = charge(vice, field)
    case = begin(world, field)
    advance(world, case, "decide")
    lines = grounds(vice, case).lines
    told = f"In charge of the field Kinh tế since {charged.valid_from:%d/%m/%Y}, by 12/TB-UBND."
    assert (told, "decide for the Committee") in {(line.source, line.rights) for line in lines}


def test_handover_names_who_and_when(world, case):
    advance(world, case, "decide")
    vice = world.who("ubnd.vice_chair")
    to = vice.memberships.get().pk
    act(world.who("ubnd.chair"), case, "decide", "hand_over", to=to, note="Đồng chí xem xét")
    sources = [line.source for line in grounds(vice, case).lines]
    assert any(told.startswith("Handed over by Người ubnd.chair, ") for told in sources)


def test_member_is_told_of_the_ballot_she_was_asked_by(world, case):
    advance(world, case, "decide")
    member, office = world.who("ubnd.uv1"), world.who("vp.head")
    assert page(member, case).status_code == 404
    assert refusals(office, member, case) == [
        "Member of UBND: a member sees the cases she is asked about by ballot."
    ]
    call(world, case)
    (line,) = grounds(member, case).lines
    assert line.source.startswith("Asked by ballot 1, called by Người ubnd.chair, ")
    assert line.rights == "read the case, hand in a ballot slip"


def test_lent_position_names_the_delegation_and_its_end(world, case):
    delegate = world.who("skhdt.specialist")
    loan = lend(world.who("skhdt.head"), delegate)
    line = grounds(delegate, case).lines[-1]
    local = timezone.localtime
    assert line.capacity.startswith("for Người skhdt.head, ")
    assert line.loan == (
        f"Lent by Người skhdt.head, delegation 45/GUQ-UBND, from {local(loan.starts_at):%d/%m/%Y %H:%M}"
        f" until {local(loan.ends_at):%d/%m/%Y %H:%M}."
    )
    assert line.end == f"Until the delegation ends on {local(loan.ends_at):%d/%m/%Y %H:%M}."
    assert "sign for the lead agency" in line.rights


def test_whoever_may_not_see_the_case_gets_404(world, case):
    for name in ("s01.head", "outsider", "ubnd.uv1"):
        assert page(world.who(name), case).status_code == 404, name
    assert browser(world.who("vp.head")).get(reverse("why", args=[uuid4()])).status_code == 404


def test_only_leaders_of_the_office_and_the_leads_head_ask_about_others(world, case):
    may = {
        name
        for name, user in world.people.items()
        if page(user, case).status_code == 200 and page(user, case).context["may_ask"]
    }
    assert may == {"vp.head", "skhdt.head"}
    refused = page(world.who("skhdt.clerk"), case, person="vp.clerk", q="vp")
    assert "asked" not in refused.context
    assert "Người vp.clerk" not in refused.content.decode()


def test_lent_position_does_not_ask_about_others(world, case):
    delegate = world.who("skhdt.specialist")
    lend(world.who("skhdt.head"), delegate)
    assert page(delegate, case).context["may_ask"] is False


def test_others_are_found_by_name_and_answered(world, case):
    head = world.who("vp.head")
    assert {each.username for each in page(head, case, q="S01.").context["found"]} == {
        "s01.specialist",
        "s01.head",
        "s01.clerk",
    }
    assert page(head, case, person="skhdt.clerk").context["asked"].sees
    assert "Nobody of this name" in page(head, case, q="Không ai").content.decode()


def test_reasons_for_no(world, case):
    asker, today = world.who("vp.head"), timezone.localdate()
    assert refusals(asker, world.who("s01.head"), case) == [
        "Director of S01: S01 coordinates, and sees the case once it is asked."
    ]
    assert refusals(asker, world.who("outsider"), case) == [
        "Director of NGOAI: NGOAI is not among the agencies of this case."
    ]
    left = make_member(world.lead, Position.HEAD, "skhdt.former")
    left.memberships.update(valid_to=today)
    assert refusals(asker, left, case) == [f"The position Director of SKHDT ended on {today:%d/%m/%Y}."]
    root = make_user("root", is_superuser=True)
    assert refusals(asker, root, case) == [
        "A technical administrator holds no right in any case.",
        "No position is held.",
    ]
    gone = make_member(world.lead, Position.CLERK, "skhdt.gone")
    gone.is_active, gone.deactivated_at = False, timezone.now()
    gone.save(update_fields=["is_active", "deactivated_at"])
    assert refusals(asker, gone, case)[0].startswith("The account was deactivated on ")


def test_lead_that_lost_the_case_is_told_to_whom_it_went(world, case):
    assignments.replace_lead(case, make_agency("s02"), actor=actor(world.who("vp.head")))
    (told,) = refusals(world.who("vp.head"), world.who("skhdt.head"), case)
    assert told.startswith("Director of SKHDT: the lead went from SKHDT to S02 on ")


def test_loans_that_do_not_help_are_named(world, case):
    asker, delegate = world.who("vp.head"), world.who("outsider")
    charge_of = world.who("ubnd.vice_chair")
    field = Field.objects.create(code="van-xa", name="Văn xã")
    lend(charge_of, delegate, fields=(field,))
    ended = lend(world.who("ubnd.chair"), delegate)
    over(ended, ago=60)
    told = refusals(asker, delegate, case)
    assert "for Người ubnd.vice_chair, Vice-Chair of UBND: the delegation does not cover the field" in told[1]
    assert told[2] == (
        "The delegation of Người ubnd.chair (45/GUQ-UBND) ended on "
        f"{timezone.localtime(ended.ends_at):%d/%m/%Y %H:%M}."
    )


@pytest.mark.parametrize("further", [1, 3])
def test_page_asks_as_much_whatever_the_number_of_people(world, case, further):
    for number in range(further):
        make_member(world.lead, Position.DEPUTY_HEAD, f"skhdt.deputy{number}")
    permission_ids()
    client = browser(world.who("skhdt.head"))
    url = reverse("why", args=[case.public_id])
    client.get(url)
    with CaptureQueriesContext(connection) as statements:
        client.get(url)
    assert len(statements) == 20


def test_everybody_is_paged_by_name(world, case, monkeypatch):
    monkeypatch.setattr("workflows.views.why.PAGE", 4)
    names, url = [], reverse("why", args=[case.public_id])
    client = browser(world.who("vp.head"))
    while url:
        context = client.get(url).context
        names += [name for name, _lines in context["readers"]]
        url = context["next_url"]
    seen = {name for name, user in world.people.items() if page(user, case).status_code == 200}
    assert names == sorted(f"Người {name}" for name in seen)


def body(user, number):
    html = browser(user).get(reverse("why-not"), {"number": number}).content.decode()
    assert number in html
    without = html.replace(number, "").replace(quote(number, safe=""), "").replace(quote(number), "")
    return re.sub(r"\b\w{64}\b", "", without)  # the CSRF token


def test_invisible_and_absent_numbers_are_answered_alike(world, case):
    code = case.directive.code
    entered = make_directive(world).code
    for name in ("outsider", "s01.head", "ubnd.uv1"):
        absent = body(world.who(name), "98765/UBND-TKTH")
        assert body(world.who(name), code) == absent
        assert body(world.who(name), entered) == absent
    found = browser(world.who("skhdt.clerk")).get(reverse("why-not"), {"number": code.lower()})
    bare = browser(world.who("skhdt.clerk")).get(reverse("why-not"), {"number": code.partition("/")[0]})
    assert bare.context["found"] == found.context["found"] != []
    assert [each.code for each in found.context["found"]] == [code]


def test_number_asked_costs_the_same_whether_there_is_one(world, case):
    client, costs = browser(world.who("outsider")), []
    for number in ("98765/UBND-TKTH", case.directive.code, "98765/UBND-TKTH"):
        with CaptureQueriesContext(connection) as statements:
            client.get(reverse("why-not"), {"number": number})
        costs.append(len(statements))
    assert costs[1] == costs[2]


def test_each_position_says_what_it_lets_see(world):
    delegate = world.who("outsider")
    field = Field.objects.create(code="kinh-te", name="Kinh tế")
    lend(world.who("ubnd.vice_chair"), delegate, fields=(field,))
    (own, lent) = browser(delegate).get(reverse("why-not")).context["reach"]
    assert own[0] == "Director of NGOAI"
    assert lent[1][1] == "Only cases of the fields: Kinh tế."
    assert browser(make_user("nobody")).get(reverse("why-not")).context["reach"] == []


def told(*args):
    out = StringIO()
    call_command("why", *map(str, args), stdout=out)
    return out.getvalue()


def test_command_says_yes_and_no(world, case):
    assert "Người skhdt.head: yes" in told("skhdt.head", case.public_id)
    no = told("ngoai.head", case.directive.public_id)
    assert "Người ngoai.head: no" in no
    assert no.count("\n") == 3
    draft = make_directive(world)
    assert told("vp.clerk", draft.public_id).startswith("yes: being entered")
    for name, key in (("nobody-at-all", case.public_id), ("vp.clerk", uuid4())):
        with pytest.raises(CommandError):
            told(name, key)
