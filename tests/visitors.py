"""A person without a browser: signs in over HTTP, reads pages, sends their forms."""

import urllib.error
import urllib.request
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.parse import urlencode


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Hands a redirect to whoever asked."""

    def redirect_request(self, *_given: object) -> None:
        return None


class Fields(HTMLParser):
    """Collects the fields of the form that holds a verb, as a browser would send them untouched."""

    def __init__(self, verb: str) -> None:
        super().__init__()
        self.verb = verb
        self.forms: list[dict[str, str]] = [{}]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or note a field of it."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and "name" in given and given.get("type") not in {"radio", "checkbox"}:
            self.forms[-1][given["name"]] = given.get("value", "")

    def found(self) -> dict[str, str]:
        """Return the fields of the verb's form; of the only form with a token where no verb is asked for."""
        return next(
            form for form in self.forms if form.get("verb", "") == self.verb and "csrfmiddlewaretoken" in form
        )


class Visitor:
    """One person's session, on whichever process; `address` may be changed on the way."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies, NoRedirects())

    def sign_in(self, username: str, password: str) -> None:
        """Sign in; AssertionError where that is refused."""
        form = self.form("/sign-in/")
        answer, _text = self.post("/sign-in/", form | {"username": username, "password": password})
        assert answer == 302, answer

    def form(self, path: str, verb: str = "") -> dict[str, str]:
        """Return a form of a page, ready to be sent."""
        status, text = self.get(path)
        assert status == 200, status
        fields = Fields(verb)
        fields.feed(text)
        return fields.found()

    def get(self, path: str) -> tuple[int, str]:
        """Return status and text of a page."""
        return self._send(urllib.request.Request(self.address + path))

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form; return status and text of the answer, redirects not followed.

        Raises:
            OSError: the process died or is not there.
        """
        return self._send(urllib.request.Request(self.address + path, data=urlencode(fields).encode()))

    def _send(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return _read(answer)
        except urllib.error.HTTPError as error:
            with error:
                return _read(error)


def _read(answer: HTTPResponse | urllib.error.HTTPError) -> tuple[int, str]:
    return answer.status or 0, answer.read().decode()
