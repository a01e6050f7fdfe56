"""One answer to several remarks at once: those that say the same, those of one agency."""

from copy import deepcopy
from uuid import uuid4

import pytest

from tests.factories import actor, advance, start
from tests.workflows.answer_desk import consulted, drafted, on
from tests.workflows.plan_desk import url
from workflows.domain import dispositions
from workflows.models import Anchor, Disposition, FormDraft, Treatment

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3)]


def bulk(*remarks, treatment="ACCEPTED", text="Tiếp thu", **more):
    versions = {f"r{remark.pk}-version": "0" for remark in remarks}
    picks = [str(remark.pk) for remark in remarks]
    return {"bulk": "record", "pick": picks, "b-treatment": treatment, "b-text": text} | versions | more


@pytest.fixture
def page(assignment):
    return url(assignment, "plan-dispositions")


@pytest.fixture(scope="module")
def kept_alike(kept_world, kept_case):
    """Three agencies: two say the same with other capitals and marks, the third something else beside it."""
    key = drafted(kept_case)
    return consulted(
        kept_world,
        kept_case,
        [on(key, "Tách theo quý")],
        [on(key, "tach theo  QUÝ")],
        [on(key, "Tách theo quý", "Quý III"), on(key, "Ý khác")],
    )


@pytest.fixture
def alike(kept_alike):
    return deepcopy(kept_alike)


def test_ticked_remarks_get_the_same_answer_each_at_its_own_place(alike, drafter, page):
    first, second, *_others = alike

    sent = drafter.post(page, bulk(first, second))

    assert sent.status_code == 302
    rows = Disposition.objects.order_by("remark_id").values_list(
        "remark_id", "treatment", "text", "anchor_key"
    )
    assert list(rows) == [
        (first.pk, "ACCEPTED", "Tiếp thu", first.anchor_key),
        (second.pk, "ACCEPTED", "Tiếp thu", second.anchor_key),
    ]
    assert sent["Location"].endswith(f"#y-{alike[2].pk}")


def test_one_that_was_answered_meanwhile_stops_them_all_and_is_named(world, alike, drafter, page):
    first, second, *_others = alike
    dispositions.dispose_remark(
        second, actor=actor(world.who("skhdt.head")), treatment=Treatment.EXPLAINED, text="Của họ"
    )

    sent = drafter.post(page, bulk(first, second, text="Của tôi"), headers={"accept-language": "en"})

    assert sent.status_code == 409
    assert list(Disposition.objects.values_list("remark_id", "text")) == [(second.pk, "Của họ")]
    (said,) = sent.context["bulk"].non_field_errors()
    assert "Người skhdt.head" in said
    assert "2" in said
    assert "S02" in said
    assert [row.remark.pk for row in sent.context["rows"] if row.is_picked] == [first.pk]
    assert sent.context["bulk"]["text"].value() == "Của tôi"


def test_the_next_try_without_that_row_is_recorded(world, alike, drafter, page):
    first, second, third, *_others = alike
    dispositions.dispose_remark(
        second, actor=actor(world.who("skhdt.head")), treatment=Treatment.EXPLAINED, text="Của họ"
    )
    refused = drafter.post(page, bulk(first, second, third))
    again = bulk(first, third, **{"b-key": str(refused.context["bulk"]["key"].value())})

    assert drafter.post(page, again).status_code == 302

    assert Disposition.objects.filter(text="Tiếp thu").count() == 2


def test_sent_twice_is_recorded_once(alike, drafter, page):
    given = bulk(*alike[:2], **{"b-key": str(uuid4())})

    answers = [drafter.post(page, given).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert list(Disposition.objects.values_list("version", flat=True)) == [1, 1]


def test_key_used_for_other_content_is_refused_and_the_next_try_goes_through(alike, drafter, page):
    key = {"b-key": str(uuid4())}
    drafter.post(page, bulk(alike[0], **key))

    sent = drafter.post(page, bulk(alike[1], text="Khác", **key))

    assert sent.status_code == 422
    fresh = {"b-key": str(sent.context["bulk"]["key"].value())}
    assert drafter.post(page, bulk(alike[1], text="Khác", **fresh)).status_code == 302


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"pick": []}, "__all__"),
        ({"b-treatment": ""}, "treatment"),
        ({"b-treatment": "PARTLY", "b-text": ""}, "text"),
    ],
)
def test_refused_answer_keeps_ticks_and_text(alike, drafter, page, changed, field):
    sent = drafter.post(page, bulk(*alike[:2]) | changed)

    assert sent.status_code == 422
    assert list(sent.context["bulk"].errors) == [field]
    assert Disposition.objects.count() == 0
    ticked = [row.remark.pk for row in sent.context["rows"] if row.is_picked]
    assert ticked == ([] if "pick" in changed else [remark.pk for remark in alike[:2]])


def test_remark_of_another_plan_among_the_ticked_is_absent(world, alike, drafter, page):
    other = start(world)
    advance(world, other, "draft")
    (foreign,) = consulted(world, other, [on(drafted(other), "Của việc khác")])

    assert drafter.post(page, bulk(alike[0], foreign)).status_code == 404
    assert Disposition.objects.count() == 0


def test_row_tells_how_many_agencies_say_the_same_and_leads_to_them_ticked(alike, drafter, page):
    row = drafter.get(page).context["rows"][0]
    assert (row.alike.count, row.of_agency) == (1, None)

    narrowed = drafter.get(row.alike.url)

    assert [(each.remark.pk, each.is_picked) for each in narrowed.context["rows"]] == [
        (alike[0].pk, True),
        (alike[1].pk, True),
    ]


def test_first_row_of_an_agency_leads_to_all_its_open_remarks_ticked(alike, drafter, page):
    rows = drafter.get(page).context["rows"]
    assert [row.of_agency and row.of_agency.count for row in rows] == [None, None, 2, None]

    narrowed = drafter.get(rows[2].of_agency.url)

    assert [(each.remark.pk, each.is_picked) for each in narrowed.context["rows"]] == [
        (alike[2].pk, True),
        (alike[3].pk, True),
    ]


def test_recording_together_keeps_what_was_typed_for_the_others(alike, drafter, page):
    typed = {f"r{alike[3].pk}-text": "Gõ dở", f"r{alike[0].pk}-text": "Bỏ"}

    drafter.post(page, bulk(*alike[:2]) | typed)

    assert FormDraft.objects.get().fields == {f"r{alike[3].pk}-text": ["Gõ dở"]}


def test_place_that_has_gone_meanwhile_is_refused_beside_its_field(alike, drafter, assignment, page):
    gone = f"{Anchor.PARAGRAPH}:{uuid4()}"

    sent = drafter.post(page, bulk(*alike[:2], **{"b-place": gone}))

    assert sent.status_code == 422
    assert list(sent.context["bulk"].errors) == ["place"]


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.fixture(params=[2, 60])
def counted(request, world, assignment):
    """A few remarks, or two pages of them."""
    key = drafted(assignment)
    return consulted(world, assignment, [on(key, f"Ý {number}") for number in range(request.param)])


def test_page_asks_the_same_statements_however_many_remarks(
    counted, drafter, page, django_assert_num_queries
):
    first = counted[0].pk
    given = {"remark": str(first), f"r{first}-treatment": "ACCEPTED", f"r{first}-version": "0"}
    drafter.post(page, given)
    drafter.get(page)

    with django_assert_num_queries(20):
        answer = drafter.get(page)

    assert len(answer.context["rows"]) == min(len(counted), 30)


def test_recording_together_costs_four_statements_a_remark(
    counted, drafter, page, django_assert_max_num_queries
):
    drafter.get(page)

    with django_assert_max_num_queries(50 + 4 * len(counted)):
        assert drafter.post(page, bulk(*counted)).status_code == 302
