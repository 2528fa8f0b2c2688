"""Fill an empty database with the demo municipality, through the same services as people use.

The whole is one transaction: a demo is there, or it is not.
"""

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from portal.access import Role, Viewer
from portal.accounts import services as accounts
from portal.accounts.models import Group, Organisation, User
from portal.admin.founding import Founded, add_page, found
from portal.content.models import Topic
from portal.demo import asked, boards, coming_in, discussions, news, pages, pictures, plan, tasks
from portal.demo.documents import DocumentItem, papers_of
from portal.demo.practices import PracticeItem, forget_old_news, practices_of
from portal.demo.texts import html
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.spaces.models import Membership, Space
from portal.spaces.viewers import by_user

DATA = Path(__file__).parent / "data"
Progress = Callable[[str], None]
Facts = dict[str, Any]


def _toml(name: str) -> Facts:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _last_day(facts: Facts) -> date:
    """An agreement's last day, told as it is or counted from today."""
    if days := facts.get("agreement_ends_in_days"):
        return clock.today() + timedelta(days=days)
    day: date = facts["agreement_end"]
    return day


def fill(app: Flask, progress: Progress, password_hash: str) -> None:
    """Fill the app's empty database. `password_hash` is everybody's."""
    with app.app_context():
        Demo(progress, password_hash).build()


class Demo:
    """The demo municipality while it is being built: everything by its key."""

    def __init__(self, progress: Progress, password_hash: str) -> None:
        self.progress = progress
        self.password_hash = password_hash
        self.units: dict[str, Group] = {}
        self.people: dict[str, User] = {}
        self.organisations: dict[str, Organisation] = {}
        self.spaces: dict[str, Space] = {}
        self.topics: dict[str, Topic] = {}
        self.viewers: dict[str, Viewer] = {}
        self.covers: dict[str, tuple[bytes, str]] = {}
        self.letterhead: list[str] = []
        self.letterhead_en: list[str] = []

    @transaction
    def build(self) -> None:
        own = _toml("organisations.toml")["municipality"]
        founded = found(
            own["name_bg"],
            own["name_en"],
            address=own["address_bg"],
            email=own["email"],
            is_demo=True,
        )
        self.progress("people")
        self._organisations(founded)
        self._units()
        self._people()
        self._heads()
        self.progress("spaces")
        self._spaces(founded)
        self._topics()
        self._pages()
        coming_in.fill(self, _toml("spaces.toml")["spaces"])
        self.progress("news")
        news.fill(self)
        self.progress("pages")
        pages.fill(self)
        self.progress("documents")
        self._letterheads(own)
        for facts in papers_of():
            DocumentItem(self, facts).write()
        self.progress("orders")
        asked.fill(self)
        self.progress("discussions")
        discussions.fill(self)
        self.progress("practices")
        for facts in practices_of():
            PracticeItem(self, facts).write()
        self.progress("plan")
        plan.fill(self)
        boards.fill(self)
        self.progress("tasks")
        tasks.fill(self)
        forget_old_news()

    def _letterheads(self, own: Facts) -> None:
        """What stands at the head of the municipality's papers."""
        for language, into in (("bg", self.letterhead), ("en", self.letterhead_en)):
            name = own[f"name_{language}"]
            into += [name.upper() if language == "bg" else name]
            into.append(
                f"{own['postcode']} {own[f'city_{language}']}, {own[f'address_{language}']}"
            )
            into.append(f"{own['phone']}, {own['email']}")

    def _organisations(self, founded: Founded) -> None:
        self.organisations["municipality"] = founded.municipality
        own = _toml("organisations.toml")["municipality"]
        founded.municipality.city = own["city_bg"]
        founded.municipality.about = own["about_bg"]
        founded.municipality.website = own["site"]
        founded.municipality.nuts3 = own["nuts3"]
        founded.municipality.population = own["population"]
        for facts in _toml("organisations.toml")["organisations"]:
            self.organisations[facts["key"]] = organisation = Organisation(
                kind=facts["kind"],
                name_bg=facts["name_bg"],
                name_en=facts["name_en"],
                country=facts.get("country", "BG"),
                city=facts.get("city", facts.get("city_bg", "")),
                website=facts.get("site", ""),
                about=facts.get("about_bg", ""),
                nuts3=facts.get("nuts3", ""),
                population=facts.get("population"),
                agreement_start=facts["agreement_start"],
                agreement_end=_last_day(facts),
            )
            db.session.add(organisation)
        db.session.flush()

    def _units(self) -> None:
        for facts in _toml("units.toml")["units"]:
            self.units[facts["key"]] = unit = Group(
                kind=facts["kind"],
                name_bg=facts["name_bg"],
                name_en=facts["name_en"],
                building=facts.get("building", ""),
            )
            db.session.add(unit)
        db.session.flush()
        for facts in _toml("units.toml")["units"]:
            if facts["parent"]:
                self.units[facts["key"]].parent_id = self.units[facts["parent"]].id

    def _people(self) -> None:
        for facts in _toml("people.toml")["people"]:
            self._person(facts, "municipality")
        for facts in _toml("partner_people.toml")["people"]:
            self._person(facts, facts["organisation"])
        db.session.flush()

    def _person(self, facts: Facts, organisation: str) -> None:
        unit = self.units.get(facts.get("unit", ""))
        user = User(
            login=facts["login"],
            email=facts.get("email") or None,
            password_hash=self.password_hash,
            position=facts["position_bg"],
            position_en=facts.get("position_en", ""),
            organisation_id=self.organisations[organisation].id,
            unit_id=unit.id if unit else None,
            language=facts.get("language") if facts.get("language") == "en" else None,
            is_admin=facts["login"] == "admin",
            is_coordinator=facts.get("coordinator", False),
            is_contact=facts.get("contact", False),
            **{
                name: facts.get(name, "")
                for name in (
                    "given",
                    "patronymic",
                    "family",
                    "given_latin",
                    "family_latin",
                    "title",
                    "building",
                    "room",
                    "phone",
                    "duties",
                )
            },
        )
        accounts.make_findable(user)
        db.session.add(user)
        self.people[facts["key"]] = user

    def _heads(self) -> None:
        for facts in _toml("units.toml")["units"]:
            unit = self.units[facts["key"]]
            unit.head_id = self.people[facts["head"]].id
            if facts.get("deputy"):
                unit.deputy_id = self.people[facts["deputy"]].id
        for facts in _toml("organisations.toml")["organisations"]:
            sponsor = self.people[facts["sponsor"]]
            self.organisations[facts["key"]].sponsor_id = sponsor.id

    def _spaces(self, founded: Founded) -> None:
        own = {"intranet": founded.intranet, "extranet": founded.extranet}
        for facts in _toml("spaces.toml")["spaces"]:
            space = own.get(facts["kind"]) or Space(kind=facts["kind"], slug=facts["key"])
            space.name_bg, space.name_en = facts["name_bg"], facts["name_en"]
            space.purpose = facts["purpose_bg"]
            space.review_required = facts["review_required"]
            space.features = facts.get("features", "")
            db.session.add(space)
            db.session.flush()
            self.spaces[facts["key"]] = space
            for member in facts["members"]:
                if member["who"] != "org:municipality" or facts["kind"] == "workspace":
                    self._member(space, member["who"], member["role"])
        publishers = {
            member["who"]: "editor"
            for facts in _toml("spaces.toml")["spaces"]
            for member in facts["members"]
            if facts["kind"] == "extranet" and member["role"] in ("editor", "manager")
        }
        for facts in _toml("organisations.toml")["organisations"]:
            self._own_space(facts, publishers | {f"user:{facts['sponsor']}": "manager"})
        db.session.flush()

    def _own_space(self, facts: Facts, staff: dict[str, str]) -> None:
        """A partner's private space: its people contribute, who publishes in the extranet
        publishes here too, and the colleague who answers for the partner manages it."""
        key = facts["key"]
        organisation = self.organisations[key]
        space = Space(
            kind="organisation",
            slug=key,
            name_bg=organisation.name_bg[:120],
            name_en=organisation.name_en[:120],
            organisation_id=organisation.id,
        )
        db.session.add(space)
        db.session.flush()
        self.spaces[key] = space
        self._member(space, f"org:{key}", "contributor")
        for who, role in staff.items():
            self._member(space, who, role)

    def _member(self, space: Space, who: str, role: str) -> None:
        kind, key = who.split(":")
        held = Membership(space_id=space.id, role=Role[role.upper()])
        match kind:
            case "user":
                held.user_id = self.people[key].id
            case "unit":
                held.group_id = self.units[key].id
            case "org":
                held.organisation_id = self.organisations[key].id
        db.session.add(held)

    def _topics(self) -> None:
        for facts in _toml("topics.toml")["topics"]:
            self.topics[facts["key"]] = topic = Topic(
                slug=facts["key"], name_bg=facts["name_bg"], name_en=facts["name_en"]
            )
            db.session.add(topic)
        db.session.flush()

    def _pages(self) -> None:
        for page in _toml("pages.toml")["pages"]:
            for language in ("bg", "en"):
                body = html(page[f"body_{language}"])
                add_page(page["key"], language, page[f"title_{language}"], body)

    def viewer(self, key: str) -> Viewer:
        """A person as she acts; asked for once all spaces and their members are there."""
        if key not in self.viewers:
            viewer = by_user(self.people[key].id)
            assert viewer is not None, key
            self.viewers[key] = viewer
        return self.viewers[key]

    def releaser(self, space: Space, author: Viewer) -> Viewer:
        """Who releases: an editor of the space, never the author herself."""
        for key in ("editor", "ikonomov", "avramova", "head", "shterev", "proykova", "boneva"):
            viewer = self.viewer(key)
            editor = viewer.role_in(space.id) >= Role.EDITOR
            if editor and viewer.user_id != author.user_id:
                return viewer
        raise LookupError(f"nobody can release what {author.login} writes in {space.slug}")

    def cover(self, name: str) -> bytes:
        if name not in self.covers:
            self.covers[name] = (pictures.draw(name), name)
        return self.covers[name][0]
