"""Signing in as a browser does it: a passkey, a second factor, and what was typed when the session had ended.

Whoever gets a second factor here is asked for it from then on, so no other test knows these people.
"""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.accounts.second_factors import code_now
from tests.browsers import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.looks]
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def at_her_phone(person, system):
    """A page of somebody whose device can keep passkeys; those are bound to a name, not to an address."""
    port = urlsplit(system.address).port
    page = person.visitor(base_url=f"http://localhost:{port}")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})["authenticatorId"]
    page.let_verify = lambda verified: devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": verified}
    )
    return page


def prove(page, system):
    page.wait_for_url("**/prove/**")
    page.fill("input[name=password]", system.password)
    page.click("main button[type=submit]")


def sign_out(page):
    page.click(".me-box summary")
    page.click("[data-sign-out] button")
    page.wait_for_url("**/sign-in/**")


def test_passkey_is_made_and_signs_in_by_itself(at_her_phone, system):
    page = at_her_phone
    page.goto("/sign-in/")
    sign_in(page, "catp.specialist", system.password)
    page.goto("/security/keys/new/")
    prove(page, system)
    page.fill("input[name=name]", "Điện thoại")
    page.click("form[data-passkey] button[type=submit]")
    page.wait_for_url("**/security/codes/")
    expect(page.locator(".codes li")).to_have_count(10)
    page.click("a.btn.primary")
    expect(page.locator(".keys-held")).to_contain_text("Điện thoại")
    sign_out(page)

    page.click("form[data-passkey] button[type=submit]")

    page.wait_for_url(lambda url: "/sign-in/" not in url)
    expect(page.locator(".me-txt").first).not_to_be_empty()


def test_passkey_without_its_owner_opens_nothing(at_her_phone, system):
    page = at_her_phone
    page.goto("/sign-in/")
    sign_in(page, "sgddt.specialist", system.password)
    page.goto("/security/keys/new/")
    prove(page, system)
    page.click("form[data-passkey] button[type=submit]")
    page.wait_for_url("**/security/codes/")
    sign_out(page)
    page.let_verify(verified=False)

    page.click("form[data-passkey] button[type=submit]")

    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    assert "/sign-in/" in page.url


def test_authenticator_app_is_added_and_asked_for(person, system):
    page = person.visitor()
    page.goto("/sign-in/")
    sign_in(page, "haichau.specialist", system.password)
    page.goto("/security/app/")
    prove(page, system)
    secret = page.locator(".secret").text_content()
    page.wait_for_function("document.querySelector('.qr img').naturalWidth > 0")
    page.fill("input[name=code]", code_now(secret))
    page.click("main form button[type=submit]")
    page.wait_for_url("**/security/codes/")
    code = page.locator(".codes code").first.text_content()
    sign_out(page)

    page.fill("input[name=username]", "haichau.specialist")
    page.fill("input[name=password]", system.password)
    page.click("main button[type=submit]")
    page.wait_for_url("**/sign-in/second-step/")
    expect(page.locator(".me-box")).to_have_count(0)
    page.fill("input[name=code]", code)
    page.click("main button[type=submit]")
    expect(page.locator(".me-box")).to_be_attached()


def test_text_of_a_session_that_had_ended_is_back_in_its_place(person, system):
    page = person.visitor()
    page.goto("/sign-in/")
    sign_in(page, "vp.clerk", system.password)
    page.goto("/directives/new/")
    field = page.locator("form textarea, form input[type=text]").first
    name = field.get_attribute("name")
    field.fill("Về việc lập kế hoạch năm 2021")
    page.context.clear_cookies(name="session")
    with page.expect_navigation():
        page.evaluate("name => document.querySelector(`main [name='${name}']`).form.submit()", name)
    assert "/sign-in/" in page.url

    sign_in(page, "vp.clerk", system.password)

    assert page.url.endswith("/directives/new/")
    expect(page.locator(f"main form [name='{name}']").first).to_have_value("Về việc lập kế hoạch năm 2021")
    expect(page.locator("[data-kept-back]")).to_be_visible()
