"""What somebody typed adds no header to a mail, and a mail loads nothing and tells on nobody."""

import re
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.access.models import Site
from portal.accounts.models import User
from portal.app import DATA
from portal.content.models import Content
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.news.models import NewsRevision
from portal.notify.models import NoticeChoice
from tests.support.writing import published

SMUGGLED = "\r\nBcc: all@town.example\r\nX-Evil: 1\r\n\r\n<script>alert(1)</script>"
HEADERS = {
    "subject", "from", "to", "date", "message-id", "content-language", "auto-submitted",
    "list-unsubscribe", "list-unsubscribe-post", "mime-version", "content-type",
    # the test's own mail server writes these
    "x-peer", "x-mailfrom", "x-rcptto",
}  # fmt: skip
# What a mail may hold: words, links that a person presses, and nothing that loads by itself.
TAGS = {
    "html", "head", "meta", "title", "body", "p", "br", "hr", "a", "h1", "h2", "h3", "h4", "ul",
    "ol", "li", "strong", "em", "u", "s", "blockquote", "table", "thead", "tbody", "tr", "th",
    "td", "caption", "code", "pre", "sub", "sup", "b", "dl", "dt", "dd", "div", "span",
}  # fmt: skip
ATTRIBUTES = {"href", "lang", "charset", "rel", "start", "scope", "colspan", "rowspan"}


class Tags(HTMLParser):
    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.links = set(), set(), []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [value for name, value in attrs if name == "href"]


@pytest.fixture
def arrive(app, cast, person, follow, mail_server):
    """Publish a text, of which the reader is told at once; her mail, and its bytes."""
    raw = []
    real = mail_server.handle_DATA

    async def handle_DATA(server, session, envelope):
        raw.append((list(envelope.rcpt_tos), envelope.content))
        return await real(server, session, envelope)

    mail_server.handle_DATA = handle_DATA

    @transaction
    def wish():
        db.session.add(NoticeChoice(user_id=cast.id("reader"), kind="news", mail="now"))

    def run(change):
        wish()
        made = published(cast.space("intranet"), person("contributor"), person("editor"))
        transaction(change)(db.session.get_one(Content, made.content_id))
        follow()
        ((receivers, content),) = raw
        assert receivers == ["reader@town.example"]
        return message_from_bytes(content, policy=policy.default), content

    return run


def test_names_and_subjects_with_a_line_break_add_no_header(cast, arrive):
    """The forms keep them out, see below; what a table holds all the same does no harm either."""

    def change(item):
        cast["reader"].given = ("Радка" + SMUGGLED)[: User.NAME_MAX]
        item.title = "Заглавие" + SMUGGLED
        db.session.get_one(Site, 1).name_bg = "Община" + SMUGGLED

    mail, raw = arrive(change)
    head = raw.split(b"\r\n\r\n", 1)[0].decode()
    assert {name.lower() for name in re.findall(r"(?m)^([\w-]+):", head)} <= HEADERS
    assert mail["Bcc"] is None and mail["X-Evil"] is None
    assert mail["Subject"].startswith("Заглавие Bcc: all@town.example X-Evil: 1 ")
    (receiver,) = mail["To"].addresses
    assert receiver.addr_spec == "reader@town.example"
    assert receiver.display_name.startswith("Радка Bcc: ")
    page = Tags(mail.get_body(("html",)).get_content())
    assert page.tags <= TAGS and page.attributes <= ATTRIBUTES


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("given", "Радка\r\nBcc: all@town.example", "само букви"),
        ("email", "r@town.example\r\nBcc: all@town.example", "имейл"),
        ("email", "r@town.example, all@town.example", "имейл"),
    ],
)
def test_a_header_typed_into_a_form_is_refused_at_its_field(field, typed, says, cast, sign_in):
    browser, reader = sign_in("admin"), cast.id("reader")
    page = browser.get(f"/people/{reader}/edit").text
    form = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page))
    assert form["given"] == "Радка"
    before = cast["reader"].given, cast["reader"].email
    answer = browser.post(f"/people/{reader}/edit", data={**form, field: typed})
    assert answer.status_code == 422 and says in answer.text.lower()
    db.session.rollback()
    assert (cast["reader"].given, cast["reader"].email) == before


def test_a_mail_holds_no_picture_and_loads_nothing(arrive):
    body = (
        "<p>Вижте <a href='https://else.example/x'>тук</a>.</p><img src='/files/1' alt='План'>"
        "<figure><img src='https://else.example/pixel.gif'><figcaption>Снимка</figcaption></figure>"
    )

    def change(item):
        db.session.scalars(select(NewsRevision)).one().body = body

    mail, raw = arrive(change)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    html = mail.get_body(("html",)).get_content()
    page = Tags(html)
    assert page.tags <= TAGS and page.attributes <= ATTRIBUTES, html
    assert "pixel" not in html and "files/1" not in html
    # Links name nobody: only the one that stops the mails is her own.
    inside = [link for link in page.links if link.startswith("http://127.0.0.1:8000/")]
    others = [link for link in inside if "/unsubscribe/" not in link]
    assert others and not any(re.search(r"[?&#]|reader", link) for link in others)
    assert not re.search(rb"(?i)disposition-notification|return-receipt|tracking", raw)


def test_no_template_of_a_mail_loads_anything():
    found = sorted(Path(DATA / "templates" / "mail").glob("*.html"))
    assert len(found) > 10
    for path in found:
        page = Tags(re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL))
        assert page.tags <= TAGS and page.attributes <= ATTRIBUTES, path.name
        assert not re.search(r"(?i)url\(|src=|@import", path.read_text(encoding="utf-8"))
