"""The mails about an agreement's end: a month and a week before the last day, and the day after.

Each goes once to the partner's coordinators and to the colleague who answers for it. A prolonged
agreement has another last day, so it warns anew, and what was not sent yet is not sent any more.
"""

from datetime import date, timedelta
from typing import Any

from portal import jobs, notify
from portal.accounts import agreements
from portal.accounts.queries import named, reader_name
from portal.kernel import clock
from portal.kernel.i18n import _l, long_date
from portal.kernel.links import absolute
from portal.kernel.transaction import transaction
from portal.notify import Moot, mails

ENDING, OVER = "agreement_ending", "agreement_over"
BEFORE = (7, 30)  # days before the last day
LATE = 14  # days after it; what ended longer ago is old news


@transaction
def warn() -> int:
    """Queue what is due today; how many partners it concerned. Run each night, safe to repeat."""
    today = clock.today()
    found = agreements.ending(today - timedelta(days=LATE), today + timedelta(days=max(BEFORE)))
    concerned = agreements.coordinators_and_sponsors(found)
    for row in found:
        days = (row.agreement_end - today).days
        # A night that was slept through is made up for: each stage lasts until the next begins.
        stage = next(str(each) for each in BEFORE if days <= each) if days >= 0 else "over"
        key = f"agreement:{row.id}:{row.agreement_end:%Y%m%d}:{stage}"
        for user_id in concerned[row.id]:
            notify.deliver(
                user_id,
                OVER if days < 0 else ENDING,
                key,
                user=user_id,
                organisation=row.id,
                end=row.agreement_end.isoformat(),
            )
    return len(found)


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    """What the mail says, if it is still true for its receiver."""
    end = date.fromisoformat(facts["end"])
    row = agreements.concern(facts["organisation"], facts["user"])
    if row is None or row.retired_at is not None or row.agreement_end != end:
        raise Moot("the agreement was prolonged or ended otherwise")
    is_sponsor = row.sponsor_id == facts["user"]
    coordinates = row.is_coordinator and row.organisation_id == facts["organisation"]
    if row.left_at is not None or not (is_sponsor or coordinates):
        raise Moot("it is no longer this person's concern")
    return {
        "partner": named(row),
        "day": long_date(end),
        "is_sponsor": is_sponsor,
        "sponsor": reader_name(row) if row.sponsor_id else "",
        "sponsor_email": row.email or "",
        "address": absolute("people.organisation", organisation_id=facts["organisation"]),
    }


def _ending(facts: dict[str, Any]) -> dict[str, Any]:
    if date.fromisoformat(facts["end"]) < clock.today():
        raise Moot("the agreement is over by now")
    return _told(facts)


def install() -> None:
    mails.register(ENDING, _l("The agreement of “%(partner)s” ends on %(day)s"), _ending)
    mails.register(OVER, _l("The agreement of “%(partner)s” is over"), _told)
    jobs.daily(warn)
