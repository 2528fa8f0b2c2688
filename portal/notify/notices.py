"""What the portal tells a person: a row for her in the bell, and a mail if she wants one.

A kind of notice is registered by whoever writes it (`register`), is told in the transaction of
what it tells of (`tell`), and is shown by asking that package again (`lines`): a notice whose item
she may not read any more has no line and is not shown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.access import Viewer
from portal.accounts.models import Organisation, User
from portal.content import kinds as content_kinds
from portal.content import listing
from portal.content.models import Content
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import db, is_sqlite, rows
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.kernel.transaction import in_transaction, transaction
from portal.notify import services
from portal.notify.models import Notice, NoticeChoice

# How somebody is told: a mail at once, in the daily digest, in the bell alone, not at all.
WAYS = ("now", "daily", "portal", "off")
GENERAL = "notice"  # the mail of kinds that have none of their own
MANY = 5_000  # people asked about in one statement


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is shown: what it is about, where it leads, one line of why it matters."""

    title: str
    url: str
    words: str = ""


Gather = Callable[[Sequence[Any], Viewer], Mapping[int, Line]]


@dataclass(frozen=True)
class Kind:
    """A kind of notice. label: the plural, translated when shown; default: one of WAYS.

    fixed: why nobody chooses how she is told of it; is_chosen: whether the choices list it.
    """

    name: str
    label: Any
    gather: Gather
    default: str
    fixed: Any = ""
    is_chosen: bool = True


_kinds: dict[str, Kind] = {}


def register(
    name: str,
    label: Any,
    gather: Gather,
    default: str = "daily",
    *,
    fixed: Any = "",
    is_chosen: bool = True,
) -> None:
    """Name a kind of notice, see `Kind`.

    gather: asked for many notices at once (rows with `id`, `kind`, `about`, `version`,
    `content_id`, `facts`, `at`); gives a Line for each that the viewer may read now, by its
    number, and asks the policy in one statement for all.
    """
    _kinds[name] = Kind(name, label, gather, default, fixed, is_chosen)


def kinds() -> list[Kind]:
    return list(_kinds.values())


def kind_of(name: str) -> Kind | None:
    return _kinds.get(name)


def default_of(name: str) -> str:
    """How somebody is told of a kind who chose nothing: one of WAYS."""
    return _kinds[name].default


def lines(found: Sequence[Any], viewer: Viewer) -> dict[int, Line]:
    """The lines of notices that the viewer may see now; each package is asked once."""
    asked: dict[Gather, list[Any]] = {}
    for notice in found:
        if (kind := _kinds.get(notice.kind)) is not None:
            asked.setdefault(kind.gather, []).append(notice)
    shown: dict[int, Line] = {}
    token = _items.set(_Items(found, viewer))
    try:
        for gather, some in asked.items():
            shown.update(gather(some, viewer))
    finally:
        _items.reset(token)
    return shown


_ITEMS = select(*listing.COLUMNS).where(
    Content.id.in_(bindparam("ids", expanding=True)), policy.readable
)


class _Items:
    """The items that some notices are about, asked for once however many packages need them."""

    def __init__(self, found: Sequence[Any], viewer: Viewer) -> None:
        self._ids = sorted({notice.content_id or 0 for notice in found})
        self._viewer = viewer

    @cached_property
    def by_id(self) -> dict[int, Line]:
        english = language() == "en"
        return {
            row.id: Line(
                title=(english and row.title_en) or row.title,
                url=link(
                    content_kinds.of(row.kind).endpoint, address=listing.address(row.id, row.slug)
                ),
                words=(english and row.summary_en) or row.summary,
            )
            for row in rows(_ITEMS, params(self._viewer, ids=self._ids))
        }


_items: ContextVar[_Items | None] = ContextVar("items", default=None)


def of_content(found: Sequence[Any], viewer: Viewer) -> dict[int, Line]:
    """The lines of notices about published items of any kind. One statement a page."""
    items = _items.get() or _Items(found, viewer)
    return {
        each.id: items.by_id[each.content_id] for each in found if each.content_id in items.by_id
    }


# ── Telling ─────────────────────────────────────────────────────────────

_told = exists(
    select(Notice.id).where(
        Notice.user_id == User.id,
        Notice.about == bindparam("about"),
        Notice.version == bindparam("version"),
    )
).correlate(User)
# Who may not sign in is told nothing: she could not read it, and no mail may lead her to a door
# that is closed.
_FRESH = (
    select(User.id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(
        User.id.in_(bindparam("people", expanding=True)),
        User.retired_at.is_(None),
        Organisation.retired_at.is_(None),
        or_(
            Organisation.agreement_end.is_(None),
            Organisation.agreement_end >= bindparam("today"),
        ),
        ~_told,
    )
)
_CHOICES = select(NoticeChoice.user_id, NoticeChoice.mail).where(
    NoticeChoice.kind == bindparam("kind"),
    NoticeChoice.user_id.in_(bindparam("people", expanding=True)),
)


def tell(
    user_ids: Collection[int],
    kind: str,
    about: str,
    *,
    version: int = 1,
    content_id: int | None = None,
    mail: str | Mapping[int, str] | None = None,
    mail_name: str = "",
    **facts: Any,
) -> Set[int]:
    """Tell people of a thing, in the running transaction; who is told now and was not before.

    about: the thing («comment:7»); version: a higher one tells again. mail: «now», «daily» or ""
    (the bell alone) whatever they chose; a mapping gives each person's way of WAYS; None: as each
    chose for this kind. mail_name: the mail for those who are told at once; without it the
    general one. facts: ids and times. Who is retired or whose organisation's agreement is over
    is told nothing.
    """
    if not in_transaction():
        raise RuntimeError("notices are told by services, inside @transaction")
    if kind not in _kinds:
        raise LookupError(f"no notice is called {kind}; see notify.notices.register")
    fresh = _fresh(user_ids, about, version)
    ways = _ways(fresh, kind, mail)
    told = {person: way for person, way in ways.items() if way != "off"}
    if not told:
        return set()
    now = clock.now()
    common = {
        "kind": kind, "about": about, "version": version, "content_id": content_id,
        "facts": facts, "at": now,
    }  # fmt: skip
    values = [
        {
            **common,
            "user_id": person,
            "mail": way if way in ("now", "daily") else "",
            "mailed_at": now if way == "now" else None,
        }
        for person, way in sorted(told.items())
    ]
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    key = ["user_id", "about", "version"]
    db.session.execute(insert(Notice).on_conflict_do_nothing(index_elements=key), values)
    at_once = [person for person, way in told.items() if way == "now"]
    if at_once:
        _mail(at_once, mail_name, about, version, content_id, facts)
    count_anew(told)
    return set(told)


def _fresh(user_ids: Collection[int], about: str, version: int) -> list[int]:
    """Those of the people who may sign in and were not told of it."""
    values = {"about": about, "version": version, "today": clock.today()}
    found: list[int] = []
    for some in _portions(user_ids):
        found += [row.id for row in rows(_FRESH, {**values, "people": some})]
    return found


def _portions(user_ids: Collection[int]) -> list[list[int]]:
    every = sorted(set(user_ids))
    return [every[start : start + MANY] for start in range(0, len(every), MANY)]


def _ways(
    people: Collection[int], kind: str, mail: str | Mapping[int, str] | None
) -> dict[int, str]:
    """How each of the people is told: one of WAYS."""
    if isinstance(mail, str):
        return dict.fromkeys(people, mail or "portal")
    if mail is not None:
        return {person: mail.get(person, "off") for person in people}
    return chosen(people, kind)


def chosen(people: Collection[int], kind: str) -> dict[int, str]:
    """How each of the people wants to be told of a kind, where no follow says it."""
    ways = dict.fromkeys(people, _kinds[kind].default)
    for some in _portions(people):
        ways |= {row.user_id: row.mail for row in rows(_CHOICES, {"kind": kind, "people": some})}
    return ways


def _mail(
    people: list[int],
    mail_name: str,
    about: str,
    version: int,
    content_id: int | None,
    facts: dict[str, Any],
) -> None:
    if not mail_name:
        mail_name, facts = GENERAL, {"notice": about, "notice_version": version}
    services.deliver_all(people, mail_name, about, version, content_id, **facts)


# ── Counting and reading ────────────────────────────────────────────────

_unread = (
    select(func.count())
    .where(Notice.user_id == User.id, Notice.read_at.is_(None), Notice.is_hidden.is_(False))
    .correlate(User)
    .scalar_subquery()
)


def count_anew(user_ids: Collection[int]) -> None:
    """Write how many unread notices each of them has, in the running transaction."""
    for some in _portions(user_ids):
        db.session.execute(
            update(User)
            .where(User.id.in_(some))
            .values(unread=_unread)
            .execution_options(synchronize_session=False)
        )


def mark_read(
    viewer: Viewer,
    *,
    content_id: int | None = None,
    ids: Collection[int] = (),
    until: int | None = None,
) -> None:
    """Note that the viewer has seen notices: all about an item, some, or all up to a number.

    Takes no write lock where there is nothing to note: readers open items all day.
    """
    if viewer.user_id is None:
        return
    which = [Notice.user_id == viewer.user_id, Notice.read_at.is_(None)]
    if content_id is not None:
        which.append(Notice.content_id == content_id)
    elif ids:
        which.append(Notice.id.in_(ids))
    elif until is not None:
        which.append(Notice.id <= until)
    else:
        return
    if db.session.scalar(select(Notice.id).where(*which).limit(1)) is not None:
        _mark(which, viewer.user_id)


@transaction
def _mark(which: list[ColumnElement[bool]], user_id: int) -> None:
    db.session.execute(
        update(Notice)
        .where(*which)
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    count_anew([user_id])


def settle(about: str, content_id: int | None) -> None:
    """Take a thing as read by everybody, in the running transaction: nothing is left to open.

    For what somebody has done for all who were told, as a review. content_id: of the notices;
    None: they are about no item.
    """
    which = (
        Notice.content_id == content_id,
        Notice.about == about,
        Notice.read_at.is_(None),
    )
    people = list(db.session.scalars(select(Notice.user_id).where(*which)))
    if people:
        db.session.execute(
            update(Notice)
            .where(*which)
            .values(read_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        count_anew(people)
