"""The walls between partners: eight of them, each with secrets of its own; no answer, header,
file, count, suggestion or mail that one of them gets holds a word of another.

On SQLite alone: it is the policy that is tried here, by some twenty thousand answers; that its SQL
form is the same on PostgreSQL is proved by tests/content/test_rule.py and tests/*/test_secrets.py.
"""

import re
import time
from email.utils import parseaddr
from functools import cache
from types import SimpleNamespace
from urllib.parse import unquote

import pypdfium2
import pytest
from sqlalchemy import select

from portal import worker
from portal.confirming import progress_views as progress
from portal.content.models import Content, Revision
from portal.files.models import Attachment
from portal.kernel import clock
from portal.kernel.database import db
from portal.notify.models import Notice
from portal.placing import views as placing
from portal.practices.models import Question
from portal.search import views as search
from portal.spaces.models import Space
from tests.conftest import make_app
from tests.support import eight, packed, walking
from tests.support.cast import Cast
from tests.support.clients import signed_in
from tests.support.mail import MailServer

pytestmark = pytest.mark.database("sqlite")
TOKENS = (
    re.compile(rb'(name="csrf_token" (?:type="hidden" )?value=")[^"]+'),
    re.compile(rb'( nonce=")[^"]+'),
    re.compile(rb'(<p class="meta"><span>[^<]*: )[0-9a-f]{8,}(?=</span></p>)'),
)
FILTERS = ("", "&kind=news", "&kind=document", "&kind=practice", "&kind=page", "&kind=discussion", "&kind=person", "&kind=space",
           "&kind=folder", "&period=today", "&period=year", "&sort=date", "&from=2020-01-01")  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory, database_kind, fillers, compiled_templates):
    """The eight partners, indexed, with every mail sent."""
    instance = tmp_path_factory.mktemp("walls")
    url = database_kind.copy("cast", fillers["cast"], instance)
    app = make_app(instance, url, compiled_templates)
    mails = MailServer()
    app.config["MAIL_URL"] = mails.url
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(search._searches, "number", 10**9)  # thousands of questions on purpose
        patch.setattr(search._suggestions, "number", 10**9)
        patch.setattr(placing._sheets, "number", 10**9)
        patch.setattr(progress._lists, "number", 10**9)
        begun = time.monotonic()
        partners = eight.build(Cast())
        print(f"planted in {time.monotonic() - begun:.0f} s")
        db.session.rollback()
        worker.until_idle(app)
        print(f"indexed after {time.monotonic() - begun:.0f} s")
        db.session.rollback()
        values = walking.everything()
        yield SimpleNamespace(app=app, partners=partners, mails=mails, values=values)
        db.session.remove()
        db.engine.dispose()
    mails.stop()
    database_kind.drop(url)


def browser_of(town, partner):
    made = signed_in(town.app.test_client(), partner.seen_by)
    made.checks = False  # each page is checked by the tests of its room
    return made


def bare(answer):
    body = answer.data
    if answer.mimetype == "text/html":
        for token in TOKENS:
            body = token.sub(rb"\1", body)
    elif answer.mimetype == "application/json":
        body = REQUEST.sub(b"", body)
    return body


class Watch:
    """What one partner is given, looked through for the words of the seven others."""

    def __init__(self, partners, partner):
        foreign = [each for each in partners if each is not partner]
        self.places = {m: f"{p.number}: {w}" for p in foreign for m, w in p.secrets.items()}
        self.words = [each.word for each in foreign]
        self.own = re.compile(f"{partner.word}[a-z][a-z]")
        self.own_seen = set()

    def look(self, url, body, headers=()):
        text = body.decode("utf-8", "ignore") if isinstance(body, bytes) else body
        text = f"{text}\n{unquote(' '.join(f'{k}: {v}' for k, v in headers))}".lower()
        # Word by word: a pattern of all of them, in any case, took eight times as long.
        for found in (text.index(word) for word in self.words if word in text):
            secret = text[found : found + 9]
            place = self.places.get(secret, "a word of another partner")
            raise AssertionError(f"{url} shows {secret!r} of partner {place}")
        self.own_seen |= set(self.own.findall(text))


def foreign_to(town, partner):
    return [each for each in town.partners if each is not partner]


ROOMS = {"news": "news", "documents": "document", "practices": "practice", "pages": "page",
         "discussions": "discussion"}  # fmt: skip


class Doors:
    """Which combinations of values a rule is asked with: all that can differ, and not those whose
    answer is settled by one of their parts."""

    def __init__(self, town, partner):
        spaces = select(Space.slug, Space.organisation_id)
        slugs = {owner: slug for slug, owner in db.session.execute(spaces)}
        beside = town.partners[(partner.number + 1) % 8]
        self.slugs = {slugs[partner.organisation_id], slugs[beside.organisation_id], "extranet"}
        self.kinds = dict(db.session.execute(select(Content.id, Content.kind)).all())
        revisions = select(Revision.id, Revision.kind)
        self.revisions = dict(db.session.execute(revisions).all())
        self.partner = partner
        self.foreign = closed_to(town, partner)["content_id"]

    def wanted(self, rule, chosen):
        ident, room = item_of(chosen), rule.endpoint.partition(".")[0]
        kind, own = self.kinds.get(ident), ROOMS.get(room)
        if own and kind not in (None, own) and ident % 8 != self.partner.number:
            return False  # the wrong room for it: every eighth is enough
        if "-" in str(chosen.get("address", "")) and ident in self.foreign:
            return False  # the number alone is asked for, which nobody need guess a title for
        if chosen.get("membership_id", 0) % 4:
            return False
        if "slug" in chosen and len(chosen) > 1 and chosen["slug"] not in self.slugs:
            return False
        if chosen.get("number", 1) != 1 or chosen.get("step", "about") != "about":
            return False
        return self.revisions.get(chosen.get("revision_id"), "document") == "document"


def item_of(chosen):
    """The item that an address names; None when it names none."""
    if "content_id" in chosen:
        return chosen["content_id"]
    tail = str(chosen.get("address", "")).rpartition("-")[2]
    return int(tail) if tail.isdecimal() else None


# A refusal in JSON has the same words as its page, and costs a third of it.
BRIEFLY = {"Accept": "application/json"}
REQUEST = re.compile(rb'"request":"[^"]*"')


def missing(browser, rule, chosen, known):
    """What the same address answers with numbers that are nobody's. known: asked for already."""
    nobody = {
        name: walking.MISSING
        if name in ("content_id", "address", "revision_id", "file_id")
        else value
        for name, value in chosen.items()
    }
    url = walking.at(rule, nobody)
    if url not in known:
        answer = browser.get(url, headers=BRIEFLY)
        assert answer.status_code == 404, rule.rule
        known[url] = answer.status_code, bare(answer)
    return known[url]


def closed_to(town, partner):
    """Numbers of what is another partner's alone, by the argument's name."""
    content = {item for each in foreign_to(town, partner) for item in each.closed}
    held = (
        select(Attachment.file_id, Revision.id, Revision.content_id)
        .join(Revision, Revision.id == Attachment.revision_id)
        .order_by(Revision.id)
    )
    files, revisions = set(), set()
    for file, revision, item in db.session.execute(held):
        if item in content:
            files.add(file)
            revisions.add(revision)
    return {"content_id": content, "file_id": files, "revision_id": revisions}


def is_closed(chosen, closed):
    if item_of(chosen) in closed["content_id"]:
        return True
    return any(chosen.get(name) in closed[name] for name in ("file_id", "revision_id"))


def texts(answer):
    """What a reader gets of it: of a printed paper its words, of a packed one its parts."""
    if answer.mimetype == "application/pdf" and answer.status_code == 200:
        paper = pypdfium2.PdfDocument(answer.data)
        return "\n".join(page.get_textpage().get_text_range() for page in paper)
    if answer.mimetype.startswith(packed.KINDS) and answer.status_code == 200:
        return packed.bare(answer.data)
    return answer.data


NUMBERS = {"content_id", "revision_id", "comment_id", "question_id", "ident", "task_id", "step_id",
           "goal_id", "measure_id"}  # fmt: skip
MUST_SEE = [f"{what}, live" for what in ("title of news", "body of news", "title of a document",
            "tag of a document", "title of a practice", "problem of a practice", "title of a page", "body of a page",
            "picture's alt of a practice", "file name of news")] + [
    "folder's name", "question", "answer", "title of a topic", "body of a topic",
    "reply", "file's name of a reply", "decision", "title of a task", "note of a task",
    "step of a task", "goal", "measure"] + [
    f"{what} {of}" for of in ("closed news", "closed document", "news that all read")
    for what in ("comment on", "answer to a comment on")]  # fmt: skip


@pytest.mark.parametrize("number", range(8))
def test_no_address_shows_a_word_of_another_partner(number, town):
    """Every GET rule with every number there is; what is another's answers as what is nobody's."""
    partner = town.partners[number]
    browser, watch = browser_of(town, partner), Watch(town.partners, partner)
    doors, closed, fetched = Doors(town, partner), closed_to(town, partner), 0
    for rule in walking.rules(town.app):
        known = {}
        for url, chosen in walking.filled(rule, town.values, lambda c: doors.wanted(rule, c)):
            shut = is_closed(chosen, closed)
            answer = browser.get(url, headers=BRIEFLY if shut else {})
            watch.look(url, texts(answer), answer.headers)
            fetched += 1
            if shut:
                nothing = missing(browser, rule, chosen, known)
                assert (answer.status_code, bare(answer)) == nothing, url
    own = {secret for secret, place in partner.secrets.items() if place in MUST_SEE}
    assert own <= watch.own_seen, [partner.secrets[each] for each in own - watch.own_seen]
    print(fetched, "answers")
    assert fetched > 1_000


@pytest.mark.parametrize("number", [0, 5])
def test_no_number_opens_what_is_anothers_for_a_change(number, town):
    """Each rule that takes a form: what is another's answers as what is nobody's."""
    partner = town.partners[number]
    beside = town.partners[(number + 3) % 8]
    browser, closed = browser_of(town, partner), closed_to(town, partner)
    doors, asked = Doors(town, partner), 0
    few = {**town.values, "content_id": sorted(beside.closed), "address": []}
    few["revision_id"] = sorted(closed["revision_id"])[::40]
    few["comment_id"] = sorted(beside.said)
    theirs = select(Question.id).where(Question.space_id == beside.space_id)
    few |= {name: [ident] for name, ident in beside.tasks.items()}
    few["question_id"] = [*db.session.scalars(theirs)]
    told = select(Notice.id).where(Notice.user_id == beside.seen_by).limit(20)
    for method in ("POST", "PATCH", "DELETE"):
        for rule in walking.rules(town.app, method):
            if not rule.arguments & NUMBERS:
                continue
            few["ident"] = few["question_id"]
            if rule.endpoint == "notify.read":
                few["ident"] = [*db.session.scalars(told)]
            for url, chosen in walking.filled(rule, few, lambda c: doors.wanted(rule, c)):
                ours = browser.open(url, method=method, data={"space": beside.space_id})
                nobody = {n: walking.MISSING if n in NUMBERS else v for n, v in chosen.items()}
                of_none = browser.open(
                    walking.at(rule, nobody), method=method, data={"space": beside.space_id}
                )
                assert (ours.status_code, bare(ours)) == (of_none.status_code, bare(of_none)), url
                assert ours.status_code >= 400, url
                asked += 1
    for token in beside.uploads:
        for method in ("HEAD", "PATCH", "DELETE"):
            answers = [
                browser.open(
                    f"/files/uploads/{each}", method=method, headers={"Tus-Resumable": "1.0.0"}
                )
                for each in (token, "none-such")
            ]
            assert answers[0].status_code == answers[1].status_code, method
    assert asked > 100


def batches(words, size=25):
    return (words[n : n + size] for n in range(0, len(words), size))


def unechoed(answer, words):
    """An answer without the words that were asked for."""
    body = bare(answer).decode()
    for word in sorted(words, key=len, reverse=True):  # one may begin as another does
        body = body.replace(word, "word")
    return body


@pytest.mark.parametrize("number", range(8))
def test_no_search_finds_a_secret_of_another_partner(number, town):
    """With every secret, filter and date: the very answer that words of nobody get."""
    partner = town.partners[number]
    browser = browser_of(town, partner)

    @cache
    def nothing(many, more=""):
        words = [eight.NONSENSE + pair for pair in eight.PAIRS[:many]]
        return unechoed(browser.get(f"/search?q={' '.join(words)}{more}"), words)

    for other in foreign_to(town, partner):
        for words in batches(sorted(other.secrets)):
            ours = browser.get(f"/search?q={' '.join(words)}")
            assert unechoed(ours, words) == nothing(len(words)), words
        if (other.number - number) % 8 > 2:
            continue  # two partners with every filter
        some = sorted(other.secrets)[::29]
        spaces = [f"&space={each.space_id}" for each in town.partners]
        for more in (*FILTERS, *spaces):
            ours = browser.get(f"/search?q={' '.join(some)}{more}")
            assert unechoed(ours, some) == nothing(len(some), more), more


@pytest.mark.parametrize("number", range(8))
def test_no_suggestion_completes_a_secret_of_another_partner(number, town):
    """Each prefix of each secret: nothing of its partner comes."""
    partner = town.partners[number]
    browser, watch = browser_of(town, partner), Watch(town.partners, partner)

    @cache
    def nothing(length):
        word = (eight.NONSENSE + "qq")[:length]
        return unechoed(browser.get(f"/search/suggest?q={word}"), [word])

    for other in foreign_to(town, partner):
        for length in range(1, len(other.word)):
            url = f"/search/suggest?q={other.word[:length]}"
            answer = browser.get(url)
            watch.look(url, answer.data, answer.headers)
        beside = other.number == (number + 1) % 8
        for secret in sorted(other.secrets)[:: 2 if beside else 40]:
            for typed in (secret, secret[:-1]):
                ours = browser.get(f"/search/suggest?q={typed}")
                assert unechoed(ours, [typed]) == nothing(len(typed)), typed


def test_no_mail_tells_a_secret_to_another_partner(town):
    """Every mail that the town has sent, its heads and parts, by whom it reached."""
    of = {f"p{p.number}{n}@partner.example": p for p in town.partners for n in range(3)}
    read = 0
    for mail in town.mails.messages:
        partner = of.get(parseaddr(str(mail["To"]))[1])
        if partner is None:
            continue  # our own editors judge what every partner writes
        watch = Watch(town.partners, partner)
        parts = [
            part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
        ]
        watch.look(f"the mail «{mail['Subject']}»", "\n".join(parts), mail.items())
        read += 1
    assert read >= 8 * 3, len(town.mails.messages)


LISTS = ("/search?q=автобус", "/search?q=общ+автобус&sort=date", "/search?q=новина",
         "/search?q=автобус&kind=document", "/search?q=автобус&kind=practice", "/search/suggest?q=авт",
         "/search/suggest?q=общ", "/news?space=extranet", "/documents/in/extranet",
         "/documents/in/extranet?q=автобус", "/spaces/extranet", "/practices?q=автобус")  # fmt: skip


def test_counts_stay_as_they_are_when_another_partner_plants_more(town):
    """Every list, feed, count and facet of one partner, before and after the next one writes."""
    partner, other = town.partners[0], town.partners[5]
    browser = browser_of(town, partner)
    pages = [rule.rule for rule in walking.rules(town.app) if not rule.arguments]
    urls = [*pages, *LISTS, f"/organisations/{other.organisation_id}"]
    with clock.at(clock.now()):
        before = {url: (a.status_code, bare(a)) for url in urls for a in [browser.get(url)]}
        db.session.rollback()
        editor = eight.viewer(Cast().id("editor"))
        extranet = Cast().space("extranet").id
        eight.transaction(eight.plant)(other, editor, extranet, "more", shown=False)
        db.session.rollback()
        worker.until_idle(town.app)
        for url in urls:
            answer = browser.get(url)
            assert (answer.status_code, bare(answer)) == before[url], url
