"""Two at once, twice by one, and pages that are out of date: one decision, nothing lost, everybody told."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import open_act, task_url

pytestmark = pytest.mark.browser

REFUSED = r"status of 409"
BOTH_SUBMITS = """async (form) => {
  const send = () => fetch(form.action || location.href, { method: "POST", body: new FormData(form) });
  return (await Promise.all([send(), send()])).map((answer) => [answer.status, new URL(answer.url).pathname]);
}"""


def test_double_click_on_approve_is_one_decision(person, system):
    case = system.hand.case_at(node="decide")
    chair = person("ubnd.chair")
    chair.goto(task_url(case, "decide"))

    with chair.expect_navigation(url="/"):
        open_act(chair, "approve").dblclick()

    after = system.hand.case(assignment=case["assignment"])
    assert (after["decisions"], list(after["tasks"])) == (["APPROVED"], ["issue"])


def test_same_form_sent_twice_at_once_gets_the_first_answer_twice(person, system):
    case = system.hand.case_at(node="decide")
    chair = person("ubnd.chair")
    chair.goto(task_url(case, "decide"))

    answers = chair.locator("form:has([name=verb][value=approve])").evaluate(BOTH_SUBMITS)

    assert answers == [[200, "/"], [200, "/"]]
    assert system.hand.case(assignment=case["assignment"])["decisions"] == ["APPROVED"]


def test_second_of_two_approvers_is_told_who_was_first(person, system):
    case = system.hand.case_at(node="decide")
    pages = [person("ubnd.chair", expects=REFUSED), person("ubnd.vice_chair", process=1, expects=REFUSED)]
    for page in pages:
        page.goto(task_url(case, "decide"))
    buttons = [open_act(page, "approve") for page in pages]

    with pages[0].expect_navigation() as first, pages[1].expect_navigation() as second:
        for button in buttons:
            button.click(no_wait_after=True)

    status = [navigation.value.status for navigation in (first, second)]
    assert sorted(status) == [200, 409]
    loser = pages[status.index(409)]
    winner = ["Huỳnh Tấn Phát", "Đặng Văn Khải"][status.index(200)]
    expect(loser.get_by_role("alert")).to_contain_text(winner)
    expect(loser.locator("main a.primary")).to_have_attribute("href", f"/assignments/{case['assignment']}/")
    assert system.hand.case(assignment=case["assignment"])["decisions"] == ["APPROVED"]


def test_sign_off_page_of_an_earlier_submission_decides_nothing(person, system):
    case = system.hand.case_at(node="decide")
    chair = person("ubnd.chair", expects=REFUSED)
    chair.goto(task_url(case, "decide"))
    button = open_act(chair, "approve")
    again = resubmitted(system.hand, case)

    with chair.expect_navigation() as answer:
        button.click()

    assert answer.value.status == 409
    expect(chair.get_by_role("alert")).to_contain_text("Đặng Văn Khải")
    after = system.hand.case(assignment=case["assignment"])
    assert (after["decisions"], after["tasks"]) == (["RETURNED"], again["tasks"])


def resubmitted(hand, case):
    """Have the vice-chair return the plan and the lead put it forward again."""
    requirements = "Làm rõ cơ quan đôn đốc việc giải ngân."
    steps = [
        ("ubnd.vice_chair", "decide", "return", {"requirements": requirements}),
        ("skhdt.specialist", "dispose", "finish", {}),
        ("skhdt.head", "sign_submission", "submit", {}),
        ("vp.head", "review", "sign", {"text": "Đủ điều kiện trình ký."}),
    ]
    for username, node, verb, given in steps:
        if node == "dispose":
            hand.meet_requirements(assignment=case["assignment"])
        case = hand.act(assignment=case["assignment"], username=username, node=node, verb=verb, **given)
    return case


def test_hand_over_of_a_plan_that_changed_meanwhile_is_stopped(person, system):
    case = system.hand.case_at(node="draft")
    drafter = person("skhdt.specialist", expects=REFUSED)
    drafter.goto(f"/plans/{case['plan']}/")
    button = open_act(drafter, "finish", note="Kính trình Giám đốc ký.")
    key = next(key for key, paragraph in case["paragraphs"].items() if not paragraph["text"])
    system.hand.rewrite(
        assignment=case["assignment"], username="skhdt.head", key=key, text="Văn bản của Giám đốc."
    )

    with drafter.expect_navigation() as answer:
        button.click()

    assert answer.value.status == 409
    expect(drafter.locator("main .err-sum")).to_be_visible()
    expect(drafter.locator("textarea[name=note]")).to_have_value("Kính trình Giám đốc ký.")
    assert list(system.hand.case(assignment=case["assignment"])["tasks"]) == ["draft"]


# --- two editors ---


SENTENCE = "Rà soát từng dự án, cam kết tiến độ giải ngân theo tháng."


def two_editors(person, system) -> tuple[Page, Page, str, str]:
    """Open one written paragraph at the browsers of the specialist and of the head."""
    case = system.hand.case_at(node="draft")
    key = next(key for key, paragraph in case["paragraphs"].items() if not paragraph["text"])
    system.hand.rewrite(assignment=case["assignment"], username="skhdt.specialist", key=key, text=SENTENCE)
    pages = person("skhdt.specialist", expects=REFUSED), person("skhdt.head", process=1, expects=REFUSED)
    for page in pages:
        page.goto(f"/plans/{case['plan']}/", wait_until="networkidle")
    return *pages, case["assignment"], key


def rewrite(page: Page, key: str, text: str) -> None:
    """Type another text into a paragraph, leave it, and wait for the answer of the server."""
    with page.expect_response(lambda answer: key in answer.url and answer.request.method == "POST"):
        type_into(page, key, text)


def type_into(page: Page, key: str, text: str) -> None:
    field = page.locator(f"textarea[data-paragraph='{key}']")
    field.fill(text)
    field.blur()


def test_two_changes_that_do_not_touch_are_merged_in_a_dialog(person, system):
    mine, theirs, assignment, key = two_editors(person, system)
    rewrite(theirs, key, SENTENCE.replace("từng dự án", "từng công trình"))
    rewrite(mine, key, SENTENCE.replace("theo tháng", "theo quý"))

    dialog = mine.get_by_role("dialog")
    expect(dialog).to_contain_text("Trần Quốc Bảo")
    merged = "Rà soát từng công trình, cam kết tiến độ giải ngân theo quý."
    expect(dialog.locator("[name=merged]")).to_have_value(merged)
    with mine.expect_navigation():
        dialog.locator("button[value=merged]").click()

    assert system.hand.case(assignment=assignment)["paragraphs"][key]["text"] == merged
    expect(mine.locator(f"textarea[data-paragraph='{key}']")).to_have_value(merged)


def test_dialog_names_who_changed_this_paragraph_and_not_who_saved_last(person, system):
    mine, theirs, _assignment, key = two_editors(person, system)
    another = mine.locator("textarea[data-paragraph]:empty").first.get_attribute("data-paragraph")
    rewrite(theirs, key, "Văn bản của Giám đốc.")
    rewrite(mine, another, "Đoạn khác của chuyên viên.")
    rewrite(mine, key, "Văn bản của chuyên viên.")

    expect(mine.get_by_role("dialog").locator("h2")).to_contain_text("Trần Quốc Bảo")


def test_lost_text_is_kept_for_its_author_until_she_chooses(person, system):
    mine, theirs, assignment, key = two_editors(person, system)
    rewrite(theirs, key, "Văn bản của Giám đốc.")
    rewrite(mine, key, "Văn bản của chuyên viên.")
    dialog = mine.get_by_role("dialog")
    expect(dialog.locator("[name=mine]")).to_have_value("Văn bản của chuyên viên.")

    mine.keyboard.press("Escape")
    mine.reload()
    with mine.expect_navigation():
        mine.locator(f"#m-{key} .blk-by a").click()
    assert system.hand.case(assignment=assignment)["paragraphs"][key]["text"] == "Văn bản của Giám đốc."
    with mine.expect_navigation():
        mine.locator("button[value=mine]").click()

    assert system.hand.case(assignment=assignment)["paragraphs"][key]["text"] == "Văn bản của chuyên viên."


def test_text_typed_without_network_survives_and_arrives(person, system):
    case = system.hand.case_at(node="draft")
    key = next(key for key, paragraph in case["paragraphs"].items() if not paragraph["text"])
    drafter = person("skhdt.specialist", expects=r"ERR_INTERNET_DISCONNECTED|WebSocket")
    drafter.goto(f"/plans/{case['plan']}/", wait_until="networkidle")
    drafter.context.set_offline(True)
    type_into(drafter, key, SENTENCE)
    expect(drafter.locator("[data-saved]").first).to_have_attribute("data-state", "paused")
    with drafter.expect_response(lambda answer: key in answer.url and answer.ok):
        drafter.context.set_offline(False)

    assert system.hand.case(assignment=case["assignment"])["paragraphs"][key]["text"] == SENTENCE


def test_text_typed_before_the_scripts_arrive_is_saved(person, system):
    case = system.hand.case_at(node="draft")
    key = next(key for key, paragraph in case["paragraphs"].items() if not paragraph["text"])
    drafter = person("skhdt.specialist")
    late = []

    def hold(route):
        late.append(route)

    drafter.route("**/autosave*.js", hold)
    drafter.goto(f"/plans/{case['plan']}/")
    type_into(drafter, key, SENTENCE)

    with drafter.expect_response(lambda answer: key in answer.url and answer.ok):
        late[0].continue_()

    assert system.hand.case(assignment=case["assignment"])["paragraphs"][key]["text"] == SENTENCE
