"""The annexes of a plan: who changes them and when, how they are numbered, who reads which, what is frozen."""

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.authority import hats
from accounts.models import Position
from notifications.models import Event
from tests.factories import act, actor, make_agency, make_member, stamp, write_plan
from tests.workflows.answers import downloads
from tests.workflows.cases import case_at
from tests.workflows.decided import annexed, upload
from tests.workflows.desk import Desk
from workflows import policies
from workflows.domain import annexes, content, numbering, plans
from workflows.domain.errors import DomainError
from workflows.domain.file_kinds import BadFileError
from workflows.domain.phases import HandedOnError
from workflows.domain.plans import FrozenError
from workflows.models import Annex, StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


class AnnexDesk:
    """A person's browser, opened on the annexes of a plan."""

    def __init__(self, user, assignment):
        self.client = Client()
        self.client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
        self.client.force_login(user)
        self.url = reverse("plan-annexes", args=[assignment.plan.public_id])

    def get(self, **query):
        return self.client.get(self.url, query)

    def post(self, op, **fields):
        return self.client.post(self.url, {"op": op, **fields})


@pytest.fixture
def desk(world, assignment):
    return AnnexDesk(world.who("skhdt.specialist"), assignment)


def rows(assignment):
    found = content.annexes_of(plans.current_revision(assignment))
    with translation.override("en"):
        return [(numbering.annex_label(n, len(found)), each.title) for n, each in enumerate(found, start=1)]


def one(assignment, title):
    return Annex.objects.get(revision=plans.current_revision(assignment), title=title)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_drafter_adds_files_and_they_are_numbered_with_roman_figures_from_two_on(world, assignment, desk):
    assert desk.post("add", uploads=[upload("Danh mục dự án.pdf")]).status_code == 302
    assert rows(assignment) == [("Annex", "Danh mục dự án")]

    desk.post("add", uploads=[upload("Dự toán.pdf"), upload("Bản đồ.pdf")])

    assert rows(assignment) == [
        ("Annex I", "Danh mục dự án"),
        ("Annex II", "Dự toán"),
        ("Annex III", "Bản đồ"),
    ]
    html = desk.get().content.decode()
    assert [f">Annex {figure}<" in html for figure in ("I", "II", "III", "IV")] == [True, True, True, False]


def test_titles_are_changed_with_any_button_and_the_order_with_its_own(world, assignment, desk):
    annexed(world, assignment, "a.pdf", "b.pdf", "c.pdf")
    first, last = one(assignment, "a"), one(assignment, "c")

    desk.post(f"up:{last.key}", **{f"t-{first.key}": "  Danh mục\n dự án ", f"b-{first.key}": "a"})
    assert [title for _label, title in rows(assignment)] == ["Danh mục dự án", "c", "b"]

    desk.post(f"down:{first.key}")
    desk.post(f"up:{last.key}")  # it is the first now: nothing to do
    assert [title for _label, title in rows(assignment)] == ["c", "Danh mục dự án", "b"]

    desk.post(f"remove:{first.key}")
    assert rows(assignment) == [("Annex I", "c"), ("Annex II", "b")]
    assert StoredFile.objects.filter(name="a.pdf").exists()


def test_title_somebody_else_gave_is_not_overwritten_by_a_page_that_only_adds(world, assignment, desk):
    annexed(world, assignment, "a.pdf")
    annex = one(assignment, "a")
    annexes.rename(annex.revision, annex.key, title="Mới", actor=actor(world.who("skhdt.head")))

    desk.post("save", **{f"t-{annex.key}": "a", f"b-{annex.key}": "a"})

    assert rows(assignment) == [("Annex", "Mới")]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"op": "add"}, "Choose the file of the annex."),
        ({"op": "add", "uploads": SimpleUploadedFile("x.exe", b"MZ")}, "Only PDF, DOCX, XLSX, PNG and JPG"),
        ({"op": "add", "uploads": SimpleUploadedFile("x.pdf", b"no")}, "is not what its name says"),
        ({"op": "remove:00000000-0000-4000-8000-000000000000"}, "This annex is gone"),
        ({"op": "up:00000000-0000-4000-8000-000000000000"}, "This annex is gone"),
    ],
)
def test_refusal_says_why_and_keeps_the_titles_that_were_typed(world, assignment, desk, fields, why):
    annexed(world, assignment, "a.pdf")
    annex = one(assignment, "a")

    answer = desk.client.post(desk.url, {**fields, f"t-{annex.key}": "Tên mới", f"b-{annex.key}": "a"})

    assert (answer.status_code, Annex.objects.count()) == (422, 1)
    assert why in answer.content.decode()
    assert 'value="Tên mới"' in answer.content.decode()


@pytest.mark.parametrize(
    ("title", "why"), [("  ", "An annex needs a title."), ("x" * 301, "at most 300 characters")]
)
def test_title_is_needed_and_has_a_length(world, assignment, desk, title, why):
    annexed(world, assignment, "a.pdf")
    annex = one(assignment, "a")

    answer = desk.post("save", **{f"t-{annex.key}": title, f"b-{annex.key}": "a"})

    assert (answer.status_code, why in answer.content.decode()) == (422, True)
    assert rows(assignment) == [("Annex", "a")]


@pytest.mark.parametrize("op", ["", "drop", "up", "up:x", "remove"])
def test_button_that_is_none_is_a_bad_request(world, assignment, desk, op):
    assert desk.post(op).status_code == 400


def test_same_file_is_an_annex_once(world, assignment, desk):
    for _turn in range(2):
        assert desk.post("add", uploads=[upload("a.pdf"), upload("a.pdf")]).status_code == 302

    assert rows(assignment) == [("Annex", "a")]
    assert Event.objects.filter(kind="annex.added").count() == 1


def test_plan_carries_twenty_annexes_of_twenty_megabytes_each(world, assignment):
    revision, who = plans.current_revision(assignment), actor(world.who("skhdt.specialist"))
    annexes.add(revision, [upload(f"{n}.pdf") for n in range(19)], actor=who)
    large = upload("lớn.pdf")
    large.size = annexes.MAX_BYTES + 1

    with pytest.raises(BadFileError, match="20 MB"):
        annexes.add(revision, [large], actor=who)
    with pytest.raises(DomainError, match="20 annexes"):
        annexes.add(revision, [upload("x.pdf"), upload("y.pdf")], actor=who)
    annexes.add(revision, [upload("x.pdf")], actor=who)
    assert revision.annexes.count() == annexes.MAX_ANNEXES


@pytest.mark.parametrize("who", ["skhdt.clerk", "s01.head", "vp.head", "ubnd.chair"])
def test_nobody_but_the_drafters_changes_annexes(world, assignment, who):
    answer = AnnexDesk(world.who(who), assignment).post("add", uploads=[upload("a.pdf")])

    assert answer.status_code in {403, 404}
    assert Annex.objects.count() == 0


@pytest.mark.parametrize(
    "node", ["sign_request", "prepare_opinion", "sign_submission", "review", "decide", "issued"]
)
def test_annexes_are_changed_only_while_the_plan_is_drafted(world, node):
    assignment = case_at(node, world)
    revision, who = plans.current_revision(assignment), actor(world.who("skhdt.specialist"))

    answer = AnnexDesk(world.who("skhdt.specialist"), assignment).post("add", uploads=[upload("a.pdf")])

    assert (answer.status_code, Annex.objects.count()) == (403, 0)
    if node not in {"sign_request", "sign_submission"}:
        with pytest.raises((HandedOnError, FrozenError)):
            annexes.add(revision, [upload("a.pdf")], actor=who)


def test_frozen_revision_takes_no_annex_in_any_phase(world, assignment):
    revision = plans.current_revision(assignment)
    plans.freeze(revision)
    for change in (
        lambda who: annexes.add(revision, [upload("a.pdf")], actor=who),
        lambda who: annexes.rename(revision, revision.plan.public_id, title="x", actor=who),
        lambda who: annexes.move(revision, revision.plan.public_id, up=True, actor=who),
        lambda who: annexes.remove(revision, revision.plan.public_id, actor=who),
    ):
        with pytest.raises(FrozenError):
            change(actor(world.who("skhdt.specialist")))


# --- bound ------------------------------------------------------------------------------------------------------------


def test_head_signs_what_he_saw_annexes_included(world, assignment):
    before = stamp(assignment)

    annexed(world, assignment, "a.pdf")

    assert stamp(assignment) != before


def test_hash_of_a_frozen_revision_covers_its_annexes_and_is_as_before_without_them(world, assignment):
    revision = plans.current_revision(assignment)
    bare = content.sha256_of(revision)
    annexed(world, assignment, "a.pdf")
    with_annex = content.sha256_of(revision)
    Annex.objects.update(title="Khác")

    assert len({bare, with_annex, content.sha256_of(revision)}) == 3
    assert b"annexes" in content.canonical(revision)
    Annex.objects.all().delete()
    assert (content.sha256_of(revision), b"annexes" in content.canonical(revision)) == (bare, False)


def test_next_revision_begins_with_the_annexes_of_the_last(world, assignment):
    write_plan(assignment)
    annexed(world, assignment, "a.pdf", "b.pdf")
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    act(world.who("skhdt.head"), assignment, "sign_request", "send")
    for agency in world.others:
        head = world.who(f"{agency.code}.head")
        act(head, assignment, "prepare_opinion", "sign", agency=agency, stance="AGREE")
    old, new = Annex.objects.filter(revision__number=1), Annex.objects.filter(revision__number=2)
    assert list(old.values_list("key", "file")) == list(new.values_list("key", "file"))

    annexes.remove(
        plans.current_revision(assignment), new.first().key, actor=actor(world.who("skhdt.specialist"))
    )

    assert (old.count(), new.count()) == (2, 1)


# --- who reads --------------------------------------------------------------------------------------------------------

LEAD = {"skhdt.specialist", "skhdt.head", "skhdt.clerk"}
ASKED = {f"{code}.{position}" for code in ("s01", "s02") for position in ("specialist", "head", "clerk")}
ABOVE = {"vp.specialist", "vp.head", "vp.clerk", "ubnd.chair", "ubnd.vice_chair"}


@pytest.fixture
def stranger(world):
    user = make_member(make_agency("ngoai"), Position.HEAD)
    world.people[user.username] = user
    return user


def readers(world, stored):
    """Return who gets the file by its address; the list of the policy says the same."""
    by_address = {name for name, user in world.people.items() if downloads(user, stored)}
    listed = {
        name
        for name, user in world.people.items()
        if policies.visible_files(hats(user), user, stored.assignment).filter(pk=stored.pk).exists()
    }
    assert by_address == listed
    return by_address


def test_annex_is_read_by_those_who_may_read_a_revision_it_belongs_to(world, assignment, stranger):
    write_plan(assignment)
    annexed(world, assignment, "a.pdf")
    stored = StoredFile.objects.get(name="a.pdf")
    assert readers(world, stored) == LEAD

    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    act(world.who("skhdt.head"), assignment, "sign_request", "send")
    assert readers(world, stored) == LEAD | ASKED

    for agency in world.others:
        head = world.who(f"{agency.code}.head")
        act(head, assignment, "prepare_opinion", "sign", agency=agency, stance="AGREE")
    annexed(world, assignment, "mới.pdf")
    later = StoredFile.objects.get(name="mới.pdf")
    assert readers(world, later) == LEAD

    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")
    assert readers(world, later) == LEAD | ABOVE
    assert readers(world, stored) == LEAD | ASKED | ABOVE


def test_annex_taken_out_of_the_draft_is_read_by_nobody_but_who_stored_it(world, assignment, stranger):
    annexed(world, assignment, "a.pdf")
    annexes.remove(
        plans.current_revision(assignment), one(assignment, "a").key, actor=actor(world.who("skhdt.head"))
    )

    assert readers(world, StoredFile.objects.get(name="a.pdf")) == {"skhdt.specialist"}


# --- where they are shown ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "who"),
    [
        ("sign_request", "skhdt.head"),
        ("prepare_opinion", "s01.specialist"),
        ("sign_submission", "skhdt.head"),
        ("review", "vp.specialist"),
        ("decide", "ubnd.chair"),
    ],
)
def test_page_of_a_task_shows_the_annexes_of_its_revision(world, assignment, node, who):
    write_plan(assignment)
    annexed(world, assignment, "Danh mục dự án.pdf", "Dự toán.pdf")
    _bring(world, assignment, node)

    agency = world.others[0] if node == "prepare_opinion" else None
    html = Desk(world.who(who), assignment, node, agency).html()

    links = [reverse("file", args=[stored.public_id]) for stored in StoredFile.objects.order_by("pk")]
    assert [html.count(f'href="{link}"') for link in links] == [1, 1]
    assert "Annex II" in html


def _bring(world, assignment, to):
    way = [
        ("draft", "finish", "skhdt.specialist", {}),
        ("sign_request", "send", "skhdt.head", {}),
        ("prepare_opinion", "sign", "", {"stance": "AGREE"}),
        ("dispose", "finish", "skhdt.specialist", {}),
        ("sign_submission", "submit", "skhdt.head", {}),
        ("review", "clear", "vp.specialist", {"text": "Đủ"}),
        ("sign_review", "sign", "vp.head", {"text": "Đủ"}),
    ]
    for node, verb, who, given in way:
        if node == to:
            return
        for agency in world.others if node == "prepare_opinion" else [None]:
            name = who or f"{agency.code}.head"
            act(world.who(name), assignment, node, verb, agency=agency, **given)


def test_plan_page_shows_them_to_every_reader_and_the_way_to_change_them_to_the_drafter(world, assignment):
    annexed(world, assignment, "Danh mục dự án.pdf")
    for who, may_change in (("skhdt.specialist", True), ("skhdt.clerk", False)):
        client = Client()
        client.force_login(world.who(who))
        html = client.get(reverse("plan", args=[assignment.plan.public_id])).content.decode()
        assert "Danh mục dự án.pdf" in html
        assert (html.count(reverse("plan-annexes", args=[assignment.plan.public_id])) == 2) is may_change


def test_history_tells_the_lead_alone(world, assignment, desk):
    annexed(world, assignment, "Danh mục dự án.pdf")
    page = reverse("assignment", args=[assignment.public_id])

    assert "added the annex Danh mục dự án" in desk.client.get(page).content.decode()
    assert (
        "Danh mục dự án" not in AnnexDesk(world.who("vp.head"), assignment).client.get(page).content.decode()
    )


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_whatever_the_number(world, assignment, desk, django_assert_num_queries, count):
    annexed(world, assignment, *(f"{n}.pdf" for n in range(count)))
    desk.get()
    with django_assert_num_queries(12):
        assert desk.get().status_code == 200
