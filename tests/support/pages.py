"""What every page must be: valid HTML, one h1, unique ids, nonces, nothing inline."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import html5lib

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class _Tags(HTMLParser):
    """The tags as they were sent; a parsed tree has already forgiven."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None], tuple[int, int]]] = []
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs), self.getpos()))
        self._in_title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def check_html(html: str, nonce: str | None = None, address: str = "") -> None:
    """Fail unless the page keeps the house rules. A text without a doctype is checked as a part.

    nonce: the one that the answer's policy allows; address: named in the failure.
    """
    faults = faults_of(html, nonce)
    assert not faults, f"{address or 'the page'}:\n  " + "\n  ".join(faults)


def faults_of(html: str, nonce: str | None = None) -> list[str]:
    whole = bool(re.search(r"<(!doctype|html)\b", html[:2000], re.IGNORECASE))
    found = _Tags()
    found.feed(html)
    found.close()
    faults = _markup(html, whole)
    ids = Counter(attrs["id"] for _tag, attrs, _at in found.tags if "id" in attrs)
    faults += [f"the id {ident!r} is used {n} times" for ident, n in ids.items() if n > 1]
    faults += _references(found, ids) if whole else []
    for tag, attrs, (line, _column) in found.tags:
        for name in attrs:
            if name == "style" or name.startswith("on"):
                faults.append(f"line {line}: <{tag} {name}=…> is barred by the content policy")
        if tag == "form" and "novalidate" not in attrs:
            faults.append(f"line {line}: a form whose faults the browser tells instead of us")
        if tag == "style":
            faults.append(f"line {line}: <style> is barred by the content policy")
        if tag == "script" and not attrs.get("nonce"):
            faults.append(f"line {line}: a script without nonce")
        elif tag == "script" and nonce and attrs["nonce"] != nonce:
            faults.append(f"line {line}: a script with a wrong nonce")
    if whole:
        number = sum(tag == "h1" for tag, _attrs, _at in found.tags)
        if number != 1:
            faults.append(f"{number} h1 instead of one")
        if not found.title.strip(" ·\n"):
            faults.append("no title")
        if not any(tag == "html" and attrs.get("lang") for tag, attrs, _at in found.tags):
            faults.append("the language is not named")
    return faults


def _references(found: _Tags, ids: Counter[str | None]) -> list[str]:
    """Labels and descriptions that name no element."""
    faults = []
    for tag, attrs, (line, _column) in found.tags:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            if name == "for" and tag not in ("label", "output"):
                continue
            for ident in (attrs.get(name) or "").split():
                if ident not in ids:
                    faults.append(f"line {line}: {name}={ident!r} names nothing on the page")
    return faults


# What a parser's verdict does not depend on: which words stand in a text or a value. Of a value
# only `type` counts, of a hidden control in a table.
_WORDS = re.compile(r">[^<>&\x00-\x08\x0b-\x1f]*[^<>&\s\x00-\x1f][^<>&\x00-\x08\x0b-\x1f]*<")
_VALUE = re.compile(r'(?<!\btype)="[^"<>&=\x00-\x1f]*"')
_sound: set[tuple[int, bool]] = set()


def _markup(html: str, whole: bool) -> list[str]:
    """What the parser finds wrong. A page that differs from a sound one by its words is sound:
    parsing each again was a sixth of the run."""
    shape = hash(_VALUE.sub('="x"', _WORDS.sub(">x<", html))), whole
    if shape in _sound:
        return []
    faults = _parsed(html, whole)
    if not faults:
        _sound.add(shape)
    return faults


def _parsed(html: str, whole: bool) -> list[str]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    if whole:
        parser.parse(html)
    else:
        parser.parseFragment(html)
    return [
        f"line {position[0]}: {code} {values or ''}".rstrip()
        for position, code, values in parser.errors
    ]


def check_answer(response: Any) -> None:
    """Check an answer of the test client if it is HTML."""
    if (
        response.mimetype != "text/html"
        or response.is_streamed
        or response.status_code in (301, 302, 303, 308)
    ):
        return
    policy = response.headers.get("Content-Security-Policy", "")
    nonce = re.search(r"'nonce-([^']+)'", policy)
    address = f"{response.request.method} {response.request.path} → {response.status_code}"
    check_html(response.get_data(as_text=True), nonce[1] if nonce else None, address)


# What axe asks of colours. All else it asks of a page is the same in another theme.
COLOURS = ["color-contrast", "link-in-text-block"]


def check_axe_light_and_dark(page: Any) -> None:
    """`check_axe` in both themes of the open page: in the dark by what can differ there."""
    page.emulate_media(color_scheme="dark")
    _run_axe(page, {"runOnly": {"type": "rule", "values": COLOURS}})
    page.emulate_media(color_scheme="light")
    check_axe(page)


def check_axe(page: Any, *, without: tuple[str, ...] = ()) -> None:
    """Fail on any WCAG 2.2 A or AA violation that axe finds in the open page.

    page: Playwright's; without: rules left out, each with a reason at the call.
    """
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": WCAG}}
    if without:
        options["rules"] = {rule: {"enabled": False} for rule in without}
    _run_axe(page, options)


def _run_axe(page: Any, options: dict[str, Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # A colour on its way to another one is nobody's to read.
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished.catch(() => 0)))")
    # Of what is sound it would work out and send each element's own selector: most of its time.
    result = Axe().run(page, options={**options, "resultTypes": ["violations"]})
    assert not result.violations_count, f"{page.url}\n{result.generate_report()}"
