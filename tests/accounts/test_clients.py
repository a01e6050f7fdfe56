import pytest

from accounts.clients import client_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (WINDOWS + "Chrome/142.0.0.0 Safari/537.36", "Chrome, Windows"),
        (WINDOWS + "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge, Windows"),
        (WINDOWS + "coc_coc_browser/130.0 Chrome/124.0.0.0 Safari/537.36", "Cốc Cốc, Windows"),
        (PHONE + "Version/18.1 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("x" * 200, "x" * 60),
        ("", ""),
    ],
)
def test_browser_is_named_in_two_words(line, shown):
    assert client_of(line) == shown
