"""What user text does in headers, and where redirects lead: nothing is added to an answer, nobody leaves the site."""

import re
from collections.abc import Callable, Iterator
from itertools import islice, product
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse  # noqa: TID251 - what is measured is the answers
from django.test import Client
from django.urls import reverse

from benchmarks.accessing.ground import ground
from tests import handed_in
from tests.factories import World, actor, advance, make_world, start
from workflows.domain import files
from workflows.domain.errors import DomainError
from workflows.models import Assignment, Plan

HOST = "testserver"
EVIL = "evil.example"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

# --- redirects -------------------------------------------------------------------------------------------------------

FORMS = (
    "//{0}", "///{0}", "////{0}", "/\\{0}", "\\\\{0}", "\\/{0}", "/\\/{0}", "/\t/{0}", "\t//{0}", "/\n/{0}", "/\r/{0}",
    "\r\n//{0}", " //{0}", "\x00//{0}", "\x08//{0}", "\x1f//{0}", "/%09/{0}", "/%5c{0}", "/%2f/{0}", "%2f%2f{0}",
    "http://{0}", "https://{0}", "HTTP://{0}", "http:{0}", "https:{0}", "http:/{0}", "http:///{0}", "http:\\\\{0}",
    "https:\\{0}", "ht\ttps://{0}", "http://{0}:80", "ftp://{0}", "gopher://{0}", "ws://{0}", "file://{0}/etc",
    "javascript:alert(1)//{0}", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
    "data:text/html,<script>location='//{0}'</script>", "vbscript:msgbox(1)", "view-source:http://{0}", "blob:http://{0}",
    "http://testserver@{0}/", "http://testserver:80@{0}/", "http://testserver.{0}/", "http://{0}\\@testserver/",
    "http://{0}#@testserver/", "http://{0}?@testserver/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "//[::1]/",
    "http://2130706433/", "http://0x7f.1/", "//{0}%2f..", "/..//{0}", "/.//{0}", "//\u3002{0}", "http://ｅｖｉｌ.example/",
    "//{0}\\\\testserver/",
)  # fmt: skip
Asking = Callable[[Client, str], HttpResponse]


def redirects(count: int = 60) -> dict[str, int]:
    """Send each payload to every place that leads somewhere; count those that lead away, and faults."""
    user = make_world(1).who("vp.clerk")
    left = faults = 0
    payloads = [form.format(EVIL) for form in FORMS[:count]]
    for payload in payloads:
        for ask in PLACES:
            client = Client(raise_request_exception=False)
            if ask is not _hx_current_url:
                client.force_login(user)
            answer = ask(client, payload)
            faults += answer.status_code >= 500
            left += any(leaves(answer.get(name, "")) for name in ("Location", "HX-Redirect", "HX-Location"))
    return {
        "redirect_payloads": len(payloads),
        "redirect_places": len(PLACES),
        "redirects_that_left_the_site": left,
        "redirect_errors": faults,
    }


def leaves(location: str) -> bool:
    """Tell whether a browser that follows an address leaves the site, as the URL standard has it read."""
    seen = re.sub("[\t\r\n]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")
    if not seen:
        return False
    parts = urlsplit(urljoin(f"http://{HOST}/a/b", seen))
    return parts.scheme not in {"http", "https"} or parts.netloc != HOST


def _sign_in(client: Client, payload: str) -> HttpResponse:
    return client.get(reverse("sign-in"), {"next": payload})


def _hat(client: Client, payload: str) -> HttpResponse:
    return client.post(reverse("choose-hat"), {"next": payload, "membership": ""})


def _language(client: Client, payload: str) -> HttpResponse:
    return client.post(reverse("set_language"), {"next": payload, "language": "en"})


def _referer(client: Client, payload: str) -> HttpResponse:
    return client.post(reverse("set_language"), {"language": "en"}, headers={"referer": payload})


def _hx_current_url(client: Client, payload: str) -> HttpResponse:
    """Be sent to sign in by a page that says it stands elsewhere, then see where that page leads."""
    answer = client.get(reverse("inbox"), headers={"hx-request": "true", "hx-current-url": payload})
    assert answer.status_code == 401, answer.status_code
    return answer


def _path(client: Client, payload: str) -> HttpResponse:
    """Ask for a page whose address is the payload itself."""
    return client.get("/" + quote(payload, safe="/:@\\"))


PLACES: tuple[Asking, ...] = (_sign_in, _hat, _language, _referer, _hx_current_url, _path)

# --- headers ---------------------------------------------------------------------------------------------------------

ADDED = (
    "\r\nX-Evil: 1", "\nX-Evil: 1", "\rX-Evil: 1", "\r\n\r\n<script>", "%0d%0aX-Evil: 1", "%E5%98%8A%E5%98%8DX-Evil: 1",
    "\u010d\u010aX-Evil: 1",
    "\u560a\u560dX-Evil: 1", "\u2028X-Evil: 1", "\x85X-Evil: 1", "\x0bX-Evil: 1", "\x0cX-Evil: 1",
    "\x00X-Evil: 1", "\x1b[2J", '"; filename="evil.exe', "'; filename*=utf-8''evil.exe", '\\"\r\n', "\u202egpj.exe",
    "\u2066a\u2069", "=?utf-8?q?=0d=0aX-Evil:_1?=",
)  # fmt: skip
AROUND = (
    "{0}", "Kế hoạch{0}", "{0}Tờ trình", "Quyết định{0}số 12", "{0}{0}", "x" * 190 + "{0}", "Ứng dụng 🏛{0}", "CON{0}",
    "..{0}", "=cmd|' /C calc'!A0{0}",
)  # fmt: skip


def texts(count: int = 200) -> Iterator[str]:
    """Yield so many strings that would add a header, or another file name, were they taken as they are."""
    return islice((around.replace("{0}", added) for around, added in product(AROUND, ADDED)), count)


def headers(count: int = 200) -> dict[str, int]:
    """Put each string wherever user text reaches a header; count answers to which it added something, and faults."""
    world = make_world(1)
    case = start(world)
    advance(world, case, "prepare_opinion")
    client = Client(raise_request_exception=False)
    client.force_login(world.who("skhdt.head"))
    wrong = faults = refused = 0
    strings = list(texts(count))
    for text in strings:
        for ask in (_file_name, _title, _next, _current_url):
            try:
                answer = ask(client, world, case, text)
            except DomainError:
                refused += 1
                continue
            faults += answer.status_code >= 500
            wrong += is_injected(answer)
    return {
        "header_strings": len(strings),
        "header_injections": wrong,
        "header_errors": faults,
        "header_refusals": refused,
    }


def is_injected(answer: HttpResponse) -> bool:
    """Tell whether an answer has a header nobody meant, or a file name that turns, breaks or ends otherwise."""
    if "X-Evil" in answer.headers or any(CONTROL.search(value) for value in answer.headers.values()):
        return True
    said = answer.get("Content-Disposition", "")
    if not said:
        return False
    names = re.findall(r"filename\*=utf-8''([^;]+)|filename=\"((?:[^\"\\]|\\.)*)\"", said)
    shown = [unquote(wide) or plain for wide, plain in names]
    return len(shown) != 1 or bool(CONTROL.search(shown[0])) or not shown[0].endswith((".png", ".docx"))


def _file_name(client: Client, world: World, case: Assignment, text: str) -> HttpResponse:
    upload = SimpleUploadedFile("a.png", handed_in.png())
    upload._name = f"{text}.png"  # noqa: SLF001 - as it came, before Django looks at it
    stored = files.store_file(upload, case, actor=actor(world.who("skhdt.head")))
    answer = client.get(reverse("file", args=[stored.public_id]))
    list(answer.streaming_content)
    return answer


def _title(client: Client, _world: World, case: Assignment, text: str) -> HttpResponse:
    kept = text.replace("\x00", "")[:300]  # no database and no form takes NUL
    Plan.objects.filter(assignment=case).update(title=kept)
    Assignment.objects.filter(pk=case.pk).update(title=kept)
    return client.get(reverse("plan-opinions-docx", args=[case.plan.public_id]))


def _next(client: Client, _world: World, _case: Assignment, text: str) -> HttpResponse:
    return client.post(reverse("set_language"), {"language": "en", "next": f"/{text}"})


def _current_url(_client: Client, _world: World, _case: Assignment, text: str) -> HttpResponse:
    """Let a stranger's page say where it stands: the answer sends it to sign in and back there."""
    plain = re.sub("[\r\n\x00]", "", text)  # no server hands on what ends a header
    here = {"hx-request": "true", "hx-current-url": f"http://{HOST}/{plain}"}
    return Client(raise_request_exception=False).get("/", headers=here)


def measure(redirects_of: int = 60, headers_of: int = 200) -> dict[str, int]:
    """Print and return the figures of both."""
    with ground():
        found = redirects(redirects_of) | headers(headers_of)
    for name, value in found.items():
        print(f"{name}: {value}", flush=True)
    return found
