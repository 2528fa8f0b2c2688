"""Partners' agreements: how long they run, in words, and which of them end soon."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation, User
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.kernel.i18n import _, ngettext

NEAR = timedelta(days=90)  # what administrators and sponsors see coming
MONTHS_FROM = 60  # days from which months say more than days
MONTH = 30.44  # days


def left_words(end: date) -> str:
    """How long an agreement still runs: «29 days left», «about 5 months left»."""
    days = (end - clock.today()).days
    if days < 0:
        return ngettext("over since %(n)s day", "over since %(n)s days", -days)
    if days == 0:
        return _("today is the last day")
    if days < MONTHS_FROM:
        return ngettext("%(n)s day left", "%(n)s days left", days)
    months = round(days / MONTH)
    return ngettext("about %(n)s month left", "about %(n)s months left", months)


_ENDING = select(Organisation.id, Organisation.agreement_end, Organisation.sponsor_id).where(
    Organisation.retired_at.is_(None),
    Organisation.is_home.is_(False),
    Organisation.agreement_end >= bindparam("since"),
    Organisation.agreement_end <= bindparam("until"),
)


def ending(since: date, until: date) -> Sequence[Row[Any]]:
    """The partners whose last day lies between two days, both counted; for the warnings."""
    return rows(_ENDING.order_by(Organisation.id), {"since": since, "until": until})


_TOLD = select(User.id, User.organisation_id).where(
    User.retired_at.is_(None),
    or_(
        User.id.in_(bindparam("sponsors", expanding=True)),
        User.is_coordinator & User.organisation_id.in_(bindparam("partners", expanding=True)),
    ),
)


def coordinators_and_sponsors(found: Sequence[Row[Any]]) -> dict[int, list[int]]:
    """Whom an agreement's end concerns, by partner: its coordinators and its sponsor."""
    asked = {
        "sponsors": [row.sponsor_id for row in found if row.sponsor_id is not None],
        "partners": [row.id for row in found],
    }
    people = rows(_TOLD.order_by(User.id), asked)
    return {
        row.id: [
            each.id
            for each in people
            if each.organisation_id == row.id or each.id == row.sponsor_id
        ]
        for row in found
    }


_Sponsor = aliased(User)
_FACTS = (
    select(
        Organisation.name_bg, Organisation.name_en, Organisation.agreement_end,
        Organisation.retired_at, Organisation.sponsor_id, User.retired_at.label("left_at"),
        User.is_coordinator, User.organisation_id, _Sponsor.given, _Sponsor.family,
        _Sponsor.given_latin, _Sponsor.family_latin, _Sponsor.email,
    )
    .select_from(Organisation)
    .join(User, User.id == bindparam("user"))
    .outerjoin(_Sponsor, _Sponsor.id == Organisation.sponsor_id)
    .where(Organisation.id == bindparam("organisation"))
)  # fmt: skip


def concern(organisation_id: int, user_id: int) -> Row[Any] | None:
    """A partner's agreement with its sponsor, and whether it still concerns a person."""
    return first(_FACTS, {"organisation": organisation_id, "user": user_id})
