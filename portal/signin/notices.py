"""The mails of signing in. Each looks again, when it is sent, whether it is still true."""

from datetime import datetime
from typing import Any

from portal.kernel import clock
from portal.kernel.i18n import _l, exact
from portal.kernel.links import absolute
from portal.notify import Moot, mails
from portal.signin import halfway, queries, tickets


def _way_in(facts: dict[str, Any]) -> dict[str, Any]:
    ticket = queries.ticket(facts["ticket"])
    if ticket is None or ticket.used_at is not None or ticket.expires_at <= clock.now():
        raise Moot("the ticket was used or another was made")
    return {
        "address": absolute("signin.ticket", token=tickets.signed(ticket.id, ticket.seed)),
        "expires_words": exact(ticket.expires_at),
        "login": ticket.login,
        "needs_phone": halfway.step_left(ticket.user_id) == halfway.SET_UP,
    }


def _changed(facts: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromisoformat(facts["at"])
    return {"moment_words": exact(moment), "address": absolute("signin.forgot")}


_HAPPENED: dict[str, tuple[Any, Any]] = {
    "added": (
        _l("a phone was added as a second step"),
        _l("A phone was added to your account. After the password the portal now asks for the six "
           "digits that it shows. Your other sessions are ended."),
    ),
    "replaced": (
        _l("the phone for the second step was changed"),
        _l("Another phone now shows the six digits for your account. The one before and the "
           "earlier recovery codes are no longer valid. Your other sessions are ended."),
    ),
    "off": (
        _l("the second step was turned off"),
        _l("From now on your password alone opens your account. Your other sessions are ended."),
    ),
    "reset": (
        _l("the second step was reset"),
        _l("The administrator of the portal or the coordinator of your organisation removed your "
           "phone from your account, as is done when it was lost. All your sessions are ended. "
           "Sign in with your password and add a phone again."),
    ),
    "codes": (
        _l("new recovery codes were made"),
        _l("You have new recovery codes. The earlier ones are no longer valid."),
    ),
    "recovered": (
        _l("a recovery code was used"),
        _l("A recovery code was used instead of the six digits from your phone."),
    ),
}  # fmt: skip


def _second_factor(facts: dict[str, Any]) -> dict[str, Any]:
    happened, told = _HAPPENED[facts["what"]]
    return {
        "happened": str(happened),
        "told": str(told),
        "moment_words": exact(datetime.fromisoformat(facts["at"])),
        "left": facts.get("left"),
        "address": absolute("signin.forgot"),
    }


def install() -> None:
    mails.register("invitation", _l("Invitation to the portal of %(site)s"), _way_in)
    mails.register("reset", _l("A new password for the portal of %(site)s"), _way_in)
    mails.register(
        "password_changed", _l("Your password for the portal of %(site)s was changed"), _changed
    )
    mails.register("second_factor", _l("The portal of %(site)s: %(happened)s"), _second_factor)
