"""The whole line in real browsers: each act by the person whose act it is, at a browser of her own."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import open_row, press, row

pytestmark = pytest.mark.browser

TEXT = "Rà soát từng dự án, cam kết tiến độ giải ngân theo tháng; đến 31/12/2020 giải ngân 100% kế hoạch vốn."
REMARK = "Tách chỉ tiêu giải ngân theo quý III và quý IV để có cơ sở kiểm điểm trách nhiệm."
ANSWER = "Tiếp thu. Bổ sung mốc 60% đến 30/9/2020."
OPINION = "Hồ sơ đầy đủ, đúng thẩm quyền; kính trình lãnh đạo UBND xem xét, quyết định."


def write_paragraph(page: Page, text: str) -> None:
    """Type into the first empty paragraph and wait until the server has it."""
    field = page.locator("textarea[data-paragraph]:empty").first
    field.press_sequentially(text, delay=1)
    expect(page.locator("[data-saved]").first).to_have_attribute("data-state", "saved")


def choose_agencies(page: Page, *names: str) -> None:
    """Tick the agencies to consult, on the tab of the request."""
    page.locator(".p-consulted a").click()
    for name in names:
        page.get_by_label(name, exact=True).check()
    with page.expect_navigation():
        page.locator(".rq-bar button[type=submit]").click()


def answer_with_remark(page: Page, remark: str) -> None:
    """Comment on the paragraph that was written, agree with comments, send."""
    page.locator(".blk", has_text=TEXT).locator("[data-anchor]").click()
    page.keyboard.type(remark)
    page.locator("input[name=stance][value=AGREE_WITH_REMARKS]").check()
    with page.expect_navigation():
        page.locator("button[name=verb][value=sign]").click()


def dispose(page: Page, answer: str) -> None:
    """Take the one remark, with an answer."""
    remark = page.locator("[data-open-remark]")
    expect(remark).to_contain_text(REMARK)
    remark.locator("input[type=radio][value=ACCEPTED]").check()
    remark.locator("textarea").fill(answer)
    with page.expect_navigation():
        remark.locator("button[name=remark]").click()


def test_line_from_acceptance_to_the_issued_number(person, system):
    hand = system.hand
    case = hand.case_at(node="receive", asked=[])
    drafter, head = person("skhdt.specialist"), person("skhdt.head", process=1)
    agency, office = person("stc.head"), person("vp.head", process=1)
    chair, clerk = person("ubnd.chair"), person("vp.clerk", process=1)

    def now():
        return hand.case(assignment=case["assignment"])

    open_row(drafter, now(), "receive")
    press(drafter, "accept")
    open_row(drafter, now(), "draft")
    write_paragraph(drafter, TEXT)
    choose_agencies(drafter, "Sở Tài chính", "Sở Công Thương")
    press(drafter, "finish", note="Kính trình Giám đốc ký.")

    open_row(head, now(), "sign_request")
    expect(head.locator("main")).to_contain_text(TEXT)
    press(head, "send", request_number="1187/SKHĐT-TH")

    open_row(agency, now(), "prepare_opinion.stc")
    answer_with_remark(agency, REMARK)
    hand.act(
        assignment=case["assignment"],
        username="sct.head",
        node="prepare_opinion",
        verb="sign",
        agency="sct",
        stance="AGREE",
    )

    open_row(drafter, now(), "dispose")
    dispose(drafter, ANSWER)
    press(drafter, "finish")
    open_row(head, now(), "sign_submission")
    press(head, "submit", document_number="1216/TTr-SKHĐT")
    open_row(office, now(), "review")
    press(office, "sign", text=OPINION)
    open_row(chair, now(), "decide")
    expect(chair.locator("main")).to_contain_text(OPINION)
    press(chair, "approve")
    open_row(clerk, now(), "issue")
    number = clerk.locator(".figure-n").inner_text()
    press(clerk, "issue", recipients="Các sở, ban, ngành")

    assert re.fullmatch(r"\d+/KH-UBND", number)
    assert now()["phase"] == "ISSUED"
    drafter.goto(f"/assignments/{case['assignment']}/")
    expect(drafter.locator("main")).to_contain_text(number)
    assert [row(page, {"tasks": {"issue": "x"}}, "issue").count() for page in (drafter, clerk)] == [0, 0]
