"""The mails of signing in. Each looks again, when it is sent, whether it is still true."""

from datetime import datetime
from typing import Any

from portal.kernel import clock
from portal.kernel.i18n import _l, long_date
from portal.kernel.links import absolute
from portal.notify import Moot, mails
from portal.signin import queries, tickets


def _way_in(facts: dict[str, Any]) -> dict[str, Any]:
    ticket = queries.ticket(facts["ticket"])
    if ticket is None or ticket.used_at is not None or ticket.expires_at <= clock.now():
        raise Moot("the ticket was used or another was made")
    return {
        "address": absolute("signin.ticket", token=tickets.signed(ticket.id, ticket.seed)),
        "expires_words": exact(ticket.expires_at),
        "login": ticket.login,
    }


def _changed(facts: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromisoformat(facts["at"])
    return {"moment_words": exact(moment), "address": absolute("signin.forgot")}


def exact(moment: datetime) -> str:
    """A moment in full: a mail is read on another day, when «today» would be wrong."""
    here = clock.local(moment)
    return f"{long_date(here.date())}, {here:%H:%M}"


def install() -> None:
    mails.register("invitation", _l("Invitation to the portal of %(site)s"), _way_in)
    mails.register("reset", _l("A new password for the portal of %(site)s"), _way_in)
    mails.register(
        "password_changed", _l("Your password for the portal of %(site)s was changed"), _changed
    )
