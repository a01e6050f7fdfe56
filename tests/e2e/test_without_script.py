"""Without JavaScript: signing in, filtering the inbox, giving an opinion and approving."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import row, sign_in, task_url

pytestmark = pytest.mark.browser


def send(page: Page, button) -> None:
    with page.expect_navigation():
        button.click()


def unfold(page: Page, verb: str):
    """Unfold an act in the page; return its form."""
    page.locator(f"details#act-{verb} > summary").click()
    return page.locator(f"details#act-{verb} form")


def test_sign_in_and_out(person, system):
    page = person.visitor(java_script_enabled=False)
    page.goto("/directives/")
    assert "/sign-in/" in page.url

    sign_in(page, "stc.head", system.password)

    assert page.url.endswith("/directives/")
    page.locator("details.me-box > summary").click()
    send(page, page.locator("form[action='/sign-out/'] button"))
    page.goto("/")
    assert "/sign-in/" in page.url


def test_inbox_is_narrowed_by_role_words_and_due_date(person, system):
    case = system.hand.case_at(node="prepare_opinion", asked=["stttt"])
    page = person("stttt.head", java_script_enabled=False)
    page.locator("select[name=role]").select_option("COORDINATE")
    page.fill("input[name=text]", "nghi quyet so 84")
    send(page, page.locator("form:has(select[name=role]) button[type=submit]"))
    row(page, case, "prepare_opinion.stttt").wait_for()

    page.fill("input[name=text]", "không có việc nào như thế")
    send(page, page.locator("form:has(select[name=role]) button[type=submit]"))
    expect(page.locator(".item")).to_have_count(0)

    page.goto("/")
    send(page, page.locator(".list-bar .tabs a").nth(1))
    expect(page.locator(".list-bar .tabs a").nth(1)).to_have_attribute("aria-current", "true")


def test_agency_gives_an_opinion_with_remarks(person, system):
    case = system.hand.case_at(node="prepare_opinion", asked=["stttt"])
    page = person("stttt.head", java_script_enabled=False)
    page.goto(task_url(case, "prepare_opinion.stttt"))
    page.locator("textarea[name=remarks-0-text]").fill("Ghi rõ nguồn kinh phí thực hiện.")
    page.locator("textarea[name=remarks-1-text]").fill("Bổ sung yêu cầu công khai kết quả.")
    page.locator("input[name=stance][value=AGREE_WITH_REMARKS]").check()
    send(page, page.locator("button[name=verb][value=sign]"))

    after = system.hand.case(assignment=case["assignment"])
    assert (list(after["tasks"]), after["remarks"]) == (["dispose"], 2)


def test_specialist_writes_and_hands_over(person, system):
    case = system.hand.case_at(node="draft")
    page = person("skhdt.specialist", java_script_enabled=False)
    page.goto(f"/plans/{case['plan']}/")
    page.locator("textarea[data-paragraph]:empty").first.fill(
        "Rà soát từng dự án, cam kết tiến độ giải ngân."
    )
    send(page, page.locator("button[name=op][value=save]"))
    send(page, unfold(page, "finish").locator("button[type=submit]"))

    assert list(system.hand.case(assignment=case["assignment"])["tasks"]) == ["sign_request"]


def test_chair_approves(person, system):
    case = system.hand.case_at(node="decide")
    page = person("ubnd.chair", java_script_enabled=False)
    page.goto(task_url(case, "decide"))
    send(page, unfold(page, "approve").locator("button[type=submit]"))

    after = system.hand.case(assignment=case["assignment"])
    assert (after["decisions"], list(after["tasks"])) == (["APPROVED"], ["issue"])


def test_return_without_a_reason_is_refused_beside_its_field(person, system):
    case = system.hand.case_at(node="decide")
    page = person("ubnd.chair", java_script_enabled=False, expects=r"status of 422")
    page.goto(task_url(case, "decide"))
    send(page, unfold(page, "return").locator("button[type=submit]"))

    field = page.locator("#act-return [name=requirements]")
    expect(field).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert system.hand.case(assignment=case["assignment"])["decisions"] == []
