"""Texts that would run in a browser were they taken for markup: made from a grammar, always the same ones."""

import random
from collections.abc import Iterator
from itertools import islice

TRAPS = (
    "window.__xss=1",
    "top.__xss=1",
    "alert(1)",
    "self['__xss']=1",
    "eval('window.__xss=1')",
    "(_=>__xss=1)()",
)
EVENTS = (
    "onload",
    "onerror",
    "onclick",
    "onfocus",
    "onmouseover",
    "ontoggle",
    "onanimationstart",
    "onpointerover",
    "onbeforeinput",
    "onscrollend",
    "onwheel",
    "onauxclick",
    "oncuechange",
    "onpageshow",
    "onbegin",
)
ELEMENTS = (
    "<img src=x {on}={js}>",
    "<svg {on}={js}>",
    "<svg><animate {on}={js} attributeName=x dur=1s>",
    "<body {on}={js}>",
    "<details open {on}={js}>",
    "<input autofocus {on}={js}>",
    "<video><source {on}={js}></video>",
    "<audio src=x {on}={js}>",
    "<iframe src=javascript:{js}>",
    "<iframe srcdoc='<script>{js}</script>'>",
    "<object data=javascript:{js}>",
    "<embed src=javascript:{js}>",
    "<a href=javascript:{js}>x</a>",
    "<form action=javascript:{js}><button>x</button></form>",
    "<math><maction actiontype=statusline xlink:href=javascript:{js}>x",
    "<base href=javascript:{js}//>",
    "<meta http-equiv=refresh content='0;url=javascript:{js}'>",
    "<link rel=stylesheet href=javascript:{js}>",
    "<style>@import 'javascript:{js}'</style>",
    "<script>{js}</script>",
    "<script src=data:text/javascript,{js}></script>",
    "<svg><script>{js}</script></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload={js}>'/></svg>",
    "<template><script>{js}</script></template>",
    "<noscript><p title='</noscript><img src=x {on}={js}>'>",
    "<math><mtext><table><mglyph><style><img src=x {on}={js}>",
    "<div style=\"background:url('javascript:{js}')\" {on}={js}>",
    "<x contenteditable {on}={js} tabindex=1>",
    "<button popovertarget=x {on}={js}>x</button><div popover id=x>",
    "<isindex action=javascript:{js} type=image>",
    "<marquee onstart={js}>",
    "<select autofocus {on}={js}>",
    "<div hx-get='javascript:{js}' hx-trigger=load>",
    "<div hx-on:click={js} hx-trigger=load>",
    "<div data-autosave=javascript:{js}>",
)
BREAKS = (
    "{0}",
    '">{0}',
    "'>{0}",
    "</textarea>{0}",
    "</title>{0}",
    "</script>{0}",
    "-->{0}",
    "]]>{0}",
    "</style>{0}",
    '"/>{0}',
    "</p></div></main>{0}",
    "</template>{0}",
    "</option></select>{0}",
    "`>{0}",
    "<!--{0}-->",
    "<![CDATA[{0}]]>",
    '\\">{0}',
    "&quot;>{0}",
    "{{{{{0}}}}}",
    "{{% autoescape off %}}{0}",
)
BARE = (
    '" {on}={js} x="',
    "' {on}={js} x='",
    '" autofocus {on}={js} x="',
    "javascript:{js}",
    "JaVaScRiPt:{js}",
    "java\tscript:{js}",
    "&#106;avascript:{js}",
    "&#x6a&#x61vascript:{js}",
    "data:text/html,<script>{js}</script>",
    "';{js};//",
    '";{js};//',
    "${{{js}}}",
    "`;{js};`",
    "</script><script>{js}</script>",
    "{{{{constructor.constructor('{js}')()}}}}",
    "\\u003cscript\\u003e{js}",
    "%3Cscript%3E{js}%3C/script%3E",
    "&lt;script&gt;{js}&lt;/script&gt;",
    "{{% debug %}}",
    "{{{{ settings.SECRET_KEY }}}}",
    "{{{{7*7}}}}",
)


def _plain(text: str) -> str:
    return text


def _mixed(text: str) -> str:
    return "".join(char.upper() if at % 2 else char for at, char in enumerate(text))


def _fullwidth(text: str) -> str:
    return text.translate({ord("<"): "＜", ord(">"): "＞", ord('"'): "＂"})


def _long_s(text: str) -> str:
    """Write letters that become ASCII in upper or lower case: ſ, K, ı."""
    return text.replace("<s", "<ſ").replace("k", "\u212a")


def _combined(text: str) -> str:
    """Put the marks of Vietnamese, decomposed, where a normaliser could swallow a character."""
    return text.replace("<", "<\u0323").replace("=", "=\u0300") + "ệ\u0323\u0302"


def _after_marks(text: str) -> str:
    return "Kế hoa\u0323ch \u0300\u0309" + text


def _not_equal(text: str) -> str:
    """Use the sign that falls apart into < and a stroke."""
    return text.replace("<", "\u226e")


def _nulled(text: str) -> str:
    return text.replace("script", "scr\u200bipt").replace("on", "o\u00adn", 1)


def _turned(text: str) -> str:
    return f"\u202e{text}\u2066"


def _entities(text: str) -> str:
    return text.replace("<", "&lt;", 1).replace("(", "&#40;")


def _slashed(text: str) -> str:
    return text.replace(" ", "/", 1).replace(" ", "\x0c")


WAYS = (
    _plain,
    _plain,
    _plain,
    _mixed,
    _fullwidth,
    _long_s,
    _combined,
    _after_marks,
    _not_equal,
    _nulled,
    _turned,
    _entities,
    _slashed,
)


def payloads(count: int) -> list[str]:
    """Return so many different texts; each is at most 250 characters long."""
    return list(islice(_different(), count))


def _different() -> Iterator[str]:
    dice, seen = random.Random(84), set()
    while True:
        form = dice.choice(ELEMENTS + BARE)
        text = form.replace("{on}", dice.choice(EVENTS)).replace("{js}", dice.choice(TRAPS))
        if form in ELEMENTS:
            text = dice.choice(BREAKS).replace("{0}", text)
        text = dice.choice(WAYS)(text.replace("{{", "{").replace("}}", "}") if form in BARE else text)
        if text not in seen and len(text) <= 250:
            seen.add(text)
            yield text
