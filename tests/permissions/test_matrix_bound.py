"""Who may take something back, and who may change the annexes of a plan, in every phase."""

from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import handed_in
from tests.permissions.test_matrix import ROLES, case, pytestmark  # noqa: F401 - the case of a phase is a fixture
from workflows.models import Annex, Decision, Submission

# Who may recall a submission, or an approval (the Vice-Chair approved), in which phases; the file is opened by nobody.
RECALLS = {
    "recall": {"lead.head": {"review", "sign_review", "decide"}},
    "recall-approval": {"vice_chair": {"issue"}, "chair": {"issue"}},
}
DRAFTERS = {"lead.specialist": {"draft", "dispose"}, "lead.head": {"draft", "dispose"}}


def test_recalls_are_refused_to_everybody_without_the_right(case):  # noqa: F811 - as above
    wrong = []
    for name, allowed in RECALLS.items():
        url = reverse(name, args=[case.assignment.public_id])
        for role in ROLES:
            if case.phase in allowed.get(role, ()):
                continue
            status = case.client(role).post(url, {"key": str(uuid4()), "reason": "Lý do"}).status_code
            wanted = {302} if role == "anonymous" else {403, 409} if case.reads("case", role) else {404}
            if status not in wanted:
                wrong.append((name, role, status, wanted))
    assert wrong == []
    assert not Submission.objects.exclude(recalled_at=None).exists()
    assert not Decision.objects.exclude(ended_at=None).exists()


def test_recall_without_a_reason_is_refused_to_those_with_the_right(case):  # noqa: F811 - as above
    for name, allowed in RECALLS.items():
        url = reverse(name, args=[case.assignment.public_id])
        for role, phases in allowed.items():
            if case.phase in phases:
                answer = case.client(role).post(url, {"key": str(uuid4()), "reason": " "})
                assert answer.status_code == 422, (name, role)


def test_recall_is_done_by_those_with_the_right(case):  # noqa: F811 - as above
    for name, allowed in RECALLS.items():
        for role, phases in allowed.items():
            if case.phase in phases and role != "chair":
                url = reverse(name, args=[case.assignment.public_id])
                answer = case.client(role).post(url, {"key": str(uuid4()), "reason": "Lý do"})
                assert answer.status_code == 302, (name, role)


def test_annexes_are_changed_by_those_who_draft_alone(case, settings, tmp_path):  # noqa: F811 - as above
    if case.phase == "receive":
        return
    settings.MEDIA_ROOT = tmp_path / "files"
    url = reverse("plan-annexes", args=[case.assignment.plan.public_id])
    wrong = []
    for role in ROLES:
        if case.phase in DRAFTERS.get(role, ()):
            continue
        given = {"op": "add", "uploads": SimpleUploadedFile("a.pdf", handed_in.pdf())}
        status = case.client(role).post(url, given).status_code
        wanted = {302} if role == "anonymous" else {403, 404}
        if status not in wanted:
            wrong.append((role, status, wanted))
    assert wrong == []
    assert Annex.objects.count() == 0
