"""A secret word in every kind and state: whoever may not read it learns nothing of it by any door
of search, neither as a hit nor as a count, suggestion, correction or choice of a filter.

Who may read what is asked of the policies; tests/content/test_rule.py holds them to their SQL and
to the index. What the walls between partners are for pages is in tests/test_walls.py.
"""

import json
import random
import re
from collections import Counter
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal import worker
from portal.access import Action, Role, may
from portal.access.site import bump
from portal.accounts.models import Organisation, User
from portal.content import services as content
from portal.content.models import Content, Topic
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.search import finding, registry, vocabulary
from portal.search import views as search
from portal.search.cli import search_command
from portal.search.facets import FACETS
from portal.spaces import services as spaces
from portal.spaces import viewers
from portal.spaces.models import Space
from tests.conftest import make_app
from tests.support import eight, writing
from tests.support.cast import Cast
from tests.support.clients import signed_in
from tests.support.counting import query_budget
from tests.support.mail import MailServer

# On one database: the index knows none, and both forms of the policies are tried elsewhere.
pytestmark = pytest.mark.database("sqlite")
# Letters that have a letter's key on БДС: a sign would part the word that is typed with it.
LETTERS = "авгдежзикнопту"
LATIN = str.maketrans(dict(zip(LETTERS, "avgdezziknoptu", strict=True)))
LAYOUT = str.maketrans(dict(zip(LETTERS, "dlhoegprukfmjw", strict=True)))
# What is never searched, whoever asks: talk, remarks, and texts at work over a released one.
NOWHERE = ("remark", "comment", "answer", "hidden", "order", "question", "text at work",
           "title at work", "body at work", "summary at work", "file at work", "note at work")  # fmt: skip
COMMON = "автобус"


def made_up(chance, known=()):
    """A word that no other is like: they differ in four letters at least."""
    while True:
        word = "".join(chance.choice("вгдзкнпт") + chance.choice("аеиоу") for _ in range(5))
        word += chance.choice("вгдзп")
        if all(sum(a != b for a, b in zip(word, old, strict=True)) > 3 for old in known):
            return word


def slipped(word):
    return f"{word[:4]}ж{word[5:]}"


@pytest.fixture(scope="module")
def town(tmp_path_factory, database_kind, fillers, compiled_templates):
    """One partner with everything that it keeps, and what the town keeps for some of its own."""
    instance = tmp_path_factory.mktemp("secrets")
    url = database_kind.copy("cast", fillers["cast"], instance)
    app = make_app(instance, url, compiled_templates)
    mails = MailServer()
    app.config["MAIL_URL"] = mails.url
    chance = random.Random(6)
    secrets = {}

    def secret(place):
        if place not in secrets:
            secrets[place] = made_up(chance, secrets.values())
        word = secrets[place]
        return word.translate(LATIN) if place.startswith("mailbox") else word

    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(search._searches, "number", 10**9)
        patch.setattr(search._suggestions, "number", 10**9)
        patch.setattr(eight.Partner, "secret", lambda self, place: secret(place))
        eight.build(Cast(), many=1)
        _in_the_town(secret)
        db.session.rollback()
        worker.until_idle(app)
        db.session.rollback()
        people = {who: Cast().id(who) for who in (*WHO, "manager")}
        people["of the partner"] = db.session.scalars(
            select(User.id).where(User.login == "p01")
        ).one()
        for place in [place for place in secrets if place.startswith("mailbox")]:
            del secrets[place]  # stands there in Latin letters
        yield SimpleNamespace(
            app=app, people=people, secrets=secrets, documents=_documents(), made=_Made
        )
        db.session.remove()
        db.engine.dispose()
    mails.stop()
    database_kind.drop(url)


class _Made:
    """Numbers of what a reader might name in an address."""

    space = author = house = 0


@transaction
def _people(secret):
    """Somebody of another partner, and a colleague who is no contact of partners."""
    house = Organisation(
        kind="ngo", name_bg=f"Сдружение {secret('organisation')}", name_en="Another"
    )
    db.session.add(house)
    db.session.flush()
    of = {"of the other": house.id, "of the town": Cast()["reader"].organisation_id}
    for who, organisation in of.items():
        person = User(
            login=f"x{organisation}",
            email=f"x{organisation}@town.example",
            given="Име",
            family=secret(f"family name {who}").capitalize(),
            duties=f"{COMMON} {secret(f'duties {who}')}",
            organisation_id=organisation,
        )
        db.session.add(person)
        db.session.flush()
    topic = Topic(slug="tainata", name_bg=f"Тема {secret('topic')}", name_en="Topic")
    db.session.add(topic)
    bump()
    db.session.flush()
    return house.id, person.id, topic.id


@transaction
def _filed(draft, topic):
    content.set_topics(draft, [topic])


def _in_the_town(secret):
    """A workspace of two, what its second member writes there, and an administrator's synonyms."""
    admin, cast = eight.viewer(Cast().id("admin")), Cast()
    _Made.house, _Made.author, topic = _people(secret)
    space = spaces.create_space(
        by=admin, kind="workspace", name_bg=f"Екип {secret('space')}", manager=cast["manager"],
        purpose=f"{COMMON} {secret('purpose')}",
    )  # fmt: skip
    _Made.space = space.id
    manager = eight.viewer(cast.id("manager"))
    author = db.session.get_one(User, _Made.author)
    spaces.add_member(space, author, Role.CONTRIBUTOR, by=manager)
    for where, by in (
        (space, author),
        *((cast.space(s), cast["contributor"]) for s in ("intranet", "workspace")),
    ):
        written = eight.viewer(by.id)
        draft = writing.draft(where, written, secret(f"title in {where.slug}"), f"<p>{COMMON}</p>")
        if where is space:
            _filed(draft, topic)
        eight.bring_to(draft, "live", None, written, manager)
    meant = secret(f"title in {space.slug}")
    vocabulary.add(by=admin, asked=secret("synonym"), meant=meant, is_two_way=True)


def _documents():
    """Every item that is searched, and its document."""
    found = {}
    for source in registry.sources():
        for ident in [*source.ids()]:
            document = source.document(ident)
            if document is not None:
                found[source.kind, ident] = document
    return found


MODELS = {"person": User, "space": Space}


def words_of(document):
    parts = (document.title, document.text, document.names, *document.pages, *document.tags)
    return " ".join(parts).lower()


def readable(town, viewer):
    """What the policies let her read now, of all that is searched."""
    return {
        (kind, ident): document
        for (kind, ident), document in town.documents.items()
        if may(viewer, Action.READ, db.session.get_one(MODELS.get(kind, Content), ident))
    }


def known_to(town, viewer):
    """The secrets that stand in what she may read."""
    text = "\n".join(words_of(each) for each in readable(town, viewer).values())
    known = {word for word in town.secrets.values() if word in text}
    pair = {
        town.secrets["synonym"],
        *(w for p, w in town.secrets.items() if p.startswith("title in ek")),
    }
    return known | pair if known & pair else known


def viewer_of(town, who):
    db.session.rollback()
    found = viewers.by_user(town.people[who])
    assert found is not None
    return found


def forms(word):
    """As it stands, one letter off, in Latin letters, on the keys of БДС, unfinished."""
    return word, slipped(word), word.translate(LATIN), word.translate(LAYOUT), word[:8]


WHO = ("admin", "editor", "reader", "partner", "ngo")
INSIDE = ("manager", "of the partner")  # who read what none of these may


def test_the_town_holds_what_is_asked_for(town):
    """Else the tests below would prove nothing."""
    everything = "\n".join(words_of(each) for each in town.documents.values())
    for place, word in town.secrets.items():
        if place.startswith(NOWHERE):
            assert word not in everything, place
    of_all = {who: known_to(town, viewer_of(town, who)) for who in (*WHO, *INSIDE)}
    assert len(of_all["editor"]) > 100
    assert len(of_all["of the partner"]) > 100
    assert len({frozenset(each) for each in of_all.values()}) > 4, "hardly two read the same"
    for place in ("organisation", "space", "topic", "synonym", "family name of the town",
                  "tag of a document, draft", "file name of news, live", "file's text of news, live"):  # fmt: skip
        readers = {who for who in of_all if town.secrets[place] in of_all[who]}
        assert len(readers) < len(of_all), place
        assert readers or place in ("organisation", "file's text of news, live"), place


@pytest.mark.parametrize("who", WHO)
def test_a_secret_is_found_by_its_readers_alone_however_it_is_typed(who, town):
    viewer = viewer_of(town, who)
    known = known_to(town, viewer)
    places = {word: place for place, word in town.secrets.items()}
    for number, (word, place) in enumerate(places.items()):
        if (number + WHO.index(who)) % 24 and place not in FEW:
            continue  # each of them asks for some of the words, all for the few
        if word in known:
            assert finding.find(viewer, finding.Asked(word)).total, place
            if number % 2 == 0 and place != "synonym":
                for typed in forms(word)[1:4]:
                    found = finding.find(viewer, finding.Asked(typed))
                    assert found.total, (place, typed)
                    assert found.counts.reading.shown_for == word, (place, typed)
            continue
        for typed in forms(word):
            found = finding.find(viewer, finding.Asked(typed))
            told = (found.total, found.answers_total, found.counts.reading.shown_for)
            assert told == (0, 0, None), (place, typed)
            suggested = finding.suggest(viewer, typed)
            assert (suggested.total, suggested.counts.reading.shown_for) == (0, None), (
                place,
                typed,
            )


FEW = {"organisation", "space", "purpose", "topic", "synonym"}


@pytest.mark.parametrize("who", WHO)
def test_counts_and_choices_are_those_of_what_she_may_read(who, town):
    """Totals and facets as counted from the policies; the page names nothing else."""
    viewer = viewer_of(town, who)
    known, mine = known_to(town, viewer), readable(town, viewer)
    holding = {key: each for key, each in mine.items() if COMMON in words_of(each)}
    found = finding.find(viewer, finding.Asked(COMMON, limit=1000), apart=False)
    assert {(each.kind, each.shown.item_id) for each in found.hits} == set(holding)
    counts = found.counts
    assert found.total == counts.total == len(holding)
    assert counts.kinds == Counter(kind for kind, _ in holding)
    assert counts.organisations == counted(each.organisation for each in holding.values())
    assert counts.authors == counted(each.author for each in holding.values())
    assert counts.tags == Counter(tag for each in holding.values() for tag in each.tags)
    own = [space for each in holding.values() for space in each.spaces if viewer.role_in(space)]
    assert counts.spaces == Counter(own)

    browser = signed_in(town.app.test_client(), town.people[who])
    browser.checks = False
    hidden = set(town.secrets.values()) - known
    pages = [browser.get(f"/search?q={COMMON}{more}").text.lower() for more in ("", "&sort=date")]
    pages.append(browser.get(f"/search/suggest?q={COMMON}").text.lower())
    assert not [word for word in hidden for page in pages if word in page]

    # Every hidden word at once, each way of typing: the page of words of nobody.
    chance = random.Random(7)
    for way in range(4):  # of typing
        words = sorted(hidden)[:: max(1, len(hidden) // 20)][:15]
        typed = [forms(word)[way] for word in words]
        nobody = [forms(made_up(chance, town.secrets.values()))[way] for _ in words]
        for address in ("/search", "/search/suggest")[: 1 if way else 2]:
            ours = told(browser.get(address, query_string={"q": " ".join(typed)}), typed)
            assert ours == told(browser.get(address, query_string={"q": " ".join(nobody)}), nobody)


def test_a_page_with_every_filter_takes_a_statement_a_kind_though_nothing_is_known_yet(town):
    """Cold: nothing is kept of texts and names. Warm: all of it. Hits of eight kinds stand on it."""
    browser = signed_in(town.app.test_client(), town.people["editor"])
    address = f"/search?q={COMMON}"
    browser.get(address)
    for kept in ("search words", "search names", "search hits"):
        town.app.extensions.pop(kept, None)
    with query_budget(town.app, 10) as cold:
        page = browser.get(address).text
    with query_budget(town.app, 7) as warm:
        assert browser.get(address).status_code == 200
    assert len(warm) < len(cold)
    for facet in set(FACETS) - {"year"}:  # all is of this year
        assert f'name="{facet}"' in page
    kinds = re.findall(r'name="kind" value="(\w+)"', page)
    assert {"news", "document", "practice", "person"} <= set(kinds)


def counted(numbers):
    return Counter(number for number in numbers if number)


def without(name, value, page):
    """A page without the value of a filter that was asked for."""
    if name == "tag":
        return page.replace(quote(value), "value").replace(value, "value")
    return re.sub(rf'({name}[=-]|value="){value}\b', r"\1", page)


TOKENS = re.compile(r'(name="csrf_token" (?:type="hidden" )?value="| nonce=")[^"]+')


def told(answer, typed):
    """A page without what was asked for."""
    assert answer.status_code == 200
    body = TOKENS.sub(r"\1", re.sub(r"<title>[^<]*|q=[^&\"]*", "", answer.text))
    body = body.replace("&#39;", "'")
    for word in (*typed, " ".join(typed)[:77]):
        body = body.replace(word, "word")
    return re.sub(r"word[^<]*“|word[^\">]*…", "word", body)


@pytest.mark.parametrize("who", WHO)
def test_no_filter_names_what_she_may_not_know(who, town):
    """Filters in the words, filters in the address, and the command that asks as she would."""
    viewer = viewer_of(town, who)
    known = known_to(town, viewer)
    browser = signed_in(town.app.test_client(), town.people[who])
    browser.checks = False
    secrets, nobody = town.secrets, made_up(random.Random(8), town.secrets.values())
    for name, place in (("author", "family name of the town"), ("author", "family name of the other"),
                        ("space", "space"), ("kind", "topic"), ("space", "organisation")):  # fmt: skip
        word = secrets[place]
        for plain in ("", f" {COMMON}"):
            found = finding.find(viewer, finding.Asked(f"{name}:{word}{plain}"))
            if word in known and name == "space" and place == "space":
                assert found.total, (name, place)
            elif word not in known:
                assert (found.total, found.counts.reading.shown_for) == (0, None), (name, place)
    made = town.made
    for name, value, place in (("space", made.space, "space"), ("organisation", made.house, "organisation"),
                               ("author", made.author, "family name of the town"),
                               ("tag", secrets["tag of a document, live"], "tag of a document, live")):  # fmt: skip
        if secrets[place] in known:
            continue
        none = f"{nobody}в" if name == "tag" else 987_654
        for question in (COMMON, slipped(nobody)):
            ours, theirs = (
                without(
                    name,
                    each,
                    told(
                        browser.get("/search", query_string={"q": question, name: each}), [question]
                    ),
                )
                for each in (value, none)
            )
            assert ours == theirs, name
    hidden = sorted(set(secrets.values()) - known)
    for question, number in ((" ".join(hidden[:12]), 0), (COMMON, None)):
        db.session.rollback()
        asked = [question, "--as", db.session.get_one(User, town.people[who]).login, "--json"]
        db.session.rollback()
        done = CliRunner().invoke(search_command, [*asked, "--limit", "1000"], obj=lambda: town.app)
        given = json.loads(done.output)
        assert number is None or given == {"total": 0, "hits": []}
        assert not [word for word in hidden if word in done.output.lower()]
