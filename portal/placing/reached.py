"""After an item is published: whom it reached, by what way, and what became of its mails."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import and_, bindparam, func, or_, select

from portal.access import Viewer
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.content.models import Content
from portal.content.readers import once_open
from portal.kernel.database import rows
from portal.notify import queries as notify
from portal.placing import people
from portal.placing.people import Table
from portal.reading import counting
from portal.spaces.readers import Town

# What the mail server said of each mail; what was put off as needless («moot») is none of these.
FATES = {
    "sent": "accepted",
    "refused": "refused",
    "bounced": "bounced",
    "none": "addressless",
    "waiting": "waiting",
    "sending": "waiting",
}
_newest = (
    select(func.max(Requirement.round))
    .where(Requirement.content_id == bindparam("content_id"), Requirement.asked_at.is_not(None))
    .scalar_subquery()
)
_ASKED = (
    select(Obligation.user_id, Confirmation.id.label("confirmation_id"), Confirmation.unit_id)
    .join(Requirement, Requirement.id == Obligation.requirement_id)
    .outerjoin(
        Confirmation,
        and_(
            Confirmation.requirement_id == Obligation.requirement_id,
            Confirmation.user_id == Obligation.user_id,
        ),
    )
    .where(
        Requirement.content_id == bindparam("content_id"),
        Requirement.round == _newest,
        # Who left the group without confirming is asked no more.
        or_(Confirmation.id.is_not(None), Obligation.left_at.is_(None)),
    )
)


@dataclass(frozen=True)
class Report:
    """Whom an item reached. The people stand in `table`, under these marks:

    told: got a notice; accepted, waiting, refused, bounced: what became of her mail; addressless:
    has no address; portal: got no mail, or none yet; asked, confirmed, missing: of the newest
    round. opened: how many opened it, at the least, 0 while they are few; and by a tally's key.
    """

    table: Table
    opened: int
    opened_by_key: Mapping[str, int]
    bounces_are_read: bool
    asks: bool


def report(item: Content, viewer: Viewer) -> Report:
    """Whom an item reached. For whoever edits it; the caller asks.

    Seven statements, however many people. Who confirmed counts in the unit where she was then.
    """
    town = Town(viewer)
    marked = _told(item.id)
    asked = rows(_ASKED, {"content_id": item.id})
    marked["asked"] = {row.user_id for row in asked}
    marked["confirmed"] = {row.user_id for row in asked if row.confirmation_id is not None}
    marked["missing"] = (marked["asked"] & town.people.keys()) - marked["confirmed"]
    then = {row.user_id: row.unit_id for row in asked if row.unit_id is not None}
    found = people.table(town, marked, viewer, then)
    audience = set[int]().union(*once_open(item.id, town).values())
    number, by_key = counting.opened(item.id, audience, _sets(town, found, viewer))
    return Report(
        table=found,
        opened=number,
        opened_by_key=by_key,
        bounces_are_read=bool(current_app.config["BOUNCE_URL"]),
        asks=bool(asked),
    )


def _told(content_id: int) -> dict[str, set[int]]:
    """Who was told, and what became of each one's mail: of the last, where there were several."""
    told = notify.told_of(content_id)
    fate = {row.user_id: FATES.get(row.state, "") for row in notify.deliveries_of(content_id)}
    marked = {"told": told | fate.keys(), "portal": told - fate.keys()}
    for mark in ("accepted", "waiting", "refused", "bounced", "addressless"):
        marked[mark] = {person for person, hers in fate.items() if hers == mark}
    return marked


def _sets(town: Town, found: Table, viewer: Viewer) -> dict[str, set[int]]:
    """Everybody in the unit or organisation of each tally, told or not."""
    of: dict[str, set[int]] = {tally.key: set() for tally in found.tallies}
    for row in town.people.values():
        for key in people.keys_of(row, town, viewer):
            if key in of:
                of[key].add(row.id)
    return of
