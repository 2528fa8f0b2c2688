"""The cast: a small town with one person of each kind, written as rows and known by name."""

from typing import Any

from sqlalchemy import select

from portal.access import Role
from portal.access.models import Site
from portal.accounts.models import Group, Organisation, User
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.signin import passwords
from portal.spaces.models import Membership, Space

PASSWORD = "зелена лодка на вълните"  # everybody's

# login: given, family, organisation, unit, more columns. «visitor» is whoever did not sign in.
PEOPLE: dict[str, tuple[str, str, str, str | None, dict[str, Any]]] = {
    "admin": ("Ана", "Админова", "town", "office", {"is_admin": True}),
    "manager": ("Мария", "Желева", "town", "press", {}),
    "editor": ("Елена", "Редакторова", "town", "press", {}),
    "colleague": ("Калин", "Редакторов", "town", "press", {}),  # a second editor, who may review
    "contributor": ("Коста", "Пишещ", "town", "press", {}),
    "head": ("Христо", "Началников", "town", "office", {}),
    "reader": ("Радка", "Четяща", "town", "office", {}),
    "employee": ("Емил", "Служещ", "town", "archive", {}),
    "partner": ("Петър", "Партньоров", "partner", None, {}),
    "coordinator": ("Кирил", "Свързващ", "partner", None, {"is_coordinator": True}),
    "ngo": ("Нора", "Сдружена", "ngo", None, {}),
    "stranger": ("Страхил", "Чужд", "other", None, {}),  # signs in, holds no role anywhere
}
VISITOR = "visitor"
EVERYBODY = (*PEOPLE, VISITOR)
_ORGANISATIONS = {
    "town": ("municipality", "Община Белобряг", "Belobryag Municipality"),
    "partner": ("municipality", "Община Каменград", "Kamengrad Municipality"),
    "ngo": ("ngo", "Сдружение „Чист залив“", "Clean Bay Association"),
    "other": ("school", "Училище „Изгрев“", "Izgrev School"),
}
_UNITS = {  # name: kind, above, Bulgarian, English
    "office": ("directorate", None, "Административно обслужване", "Administrative services"),
    "archive": ("unit", "office", "Архив", "Archive"),
    "press": ("department", None, "Връзки с обществеността", "Communication"),
}
_SPACES = {  # slug: kind, Bulgarian, English, needs review
    "intranet": ("intranet", "Интранет", "Intranet", True),
    "extranet": ("extranet", "Екстранет", "Extranet", False),
    "workspace": ("workspace", "Чист бряг", "Clean coast", False),
}
EVERYTHING = "pages discussions tasks board plan"  # what is switched on in the workspace
_ROLES = {  # slug: holder (a login, or an organisation as «@name») and role
    "intranet": {
        "@town": Role.READER,
        "contributor": Role.CONTRIBUTOR,
        "editor": Role.EDITOR,
        "colleague": Role.EDITOR,
        "manager": Role.MANAGER,
    },
    "extranet": {
        "@town": Role.READER,
        "@partner": Role.READER,
        "@ngo": Role.READER,
        "editor": Role.EDITOR,
        "colleague": Role.EDITOR,
        "manager": Role.MANAGER,
    },
    "workspace": {
        "manager": Role.MANAGER,
        "editor": Role.EDITOR,
        "contributor": Role.CONTRIBUTOR,
        "partner": Role.CONTRIBUTOR,
        "ngo": Role.READER,
    },
}


class Cast:
    """Rows of the cast by name, read afresh: `cast["editor"]`, `cast.space("intranet")`."""

    password = PASSWORD

    def __getitem__(self, login: str) -> User:
        return db.session.scalars(select(User).where(User.login == login)).one()

    def id(self, login: str) -> int:
        return self[login].id

    def space(self, slug: str) -> Space:
        return db.session.scalars(select(Space).where(Space.slug == slug)).one()

    def unit(self, name: str) -> Group:
        return db.session.scalars(select(Group).where(Group.name_bg == _UNITS[name][2])).one()

    def organisation(self, name: str) -> Organisation:
        wanted = Organisation.name_bg == _ORGANISATIONS[name][1]
        return db.session.scalars(select(Organisation).where(wanted)).one()


@transaction
def build() -> None:
    """Write the cast into an empty database."""
    db.session.add(Site(id=1, name_bg="Община Белобряг", name_en="Belobryag Municipality"))
    organisations = {
        name: Organisation(kind=kind, name_bg=bg, name_en=en, is_home=name == "town")
        for name, (kind, bg, en) in _ORGANISATIONS.items()
    }
    db.session.add_all(organisations.values())
    units: dict[str, Group] = {}
    for name, (kind, above, bg, en) in _UNITS.items():
        parent = units[above].id if above else None
        units[name] = Group(kind=kind, parent_id=parent, name_bg=bg, name_en=en)
        db.session.add(units[name])
        db.session.flush()
    stored = passwords.make_hash(PASSWORD)
    people = {}
    for login, (given, family, of, unit, more) in PEOPLE.items():
        people[login] = User(
            login=login,
            email=f"{login}@town.example",
            given=given,
            family=family,
            organisation_id=organisations[of].id,
            unit_id=units[unit].id if unit else None,
            password_hash=stored,
            **more,
        )
    db.session.add_all(people.values())
    db.session.flush()
    units["office"].head_id = people["head"].id
    _spaces(organisations, people)


def _spaces(organisations: dict[str, Organisation], people: dict[str, User]) -> None:
    for slug, (kind, bg, en, review) in _SPACES.items():
        space = Space(kind=kind, slug=slug, name_bg=bg, name_en=en, review_required=review)
        if kind == "workspace":
            space.features = EVERYTHING
        db.session.add(space)
        db.session.flush()
        for holder, role in _ROLES[slug].items():
            held = Membership(space_id=space.id, role=int(role))
            if holder.startswith("@"):
                held.organisation_id = organisations[holder[1:]].id
            else:
                held.user_id = people[holder].id
            db.session.add(held)
