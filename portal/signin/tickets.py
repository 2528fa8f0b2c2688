"""Single-use ways in: invitation and reset by a link, invitation by a printed slip's code."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Row, select, update

from portal import audit, jobs, notify
from portal.access import Action, Viewer, require
from portal.accounts import hooks, ways_in
from portal.accounts.models import Ticket, User
from portal.kernel import clock
from portal.kernel.database import affected, db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.signin import backoff, codes, passwords, queries, services
from portal.spaces import viewers

INVITATION, RESET = "invitation", "reset"
LIFE = {INVITATION: timedelta(days=7), RESET: timedelta(hours=2)}
SLIP_LIFE = timedelta(days=14)
CODE_LENGTH = 12  # of 25 signs: 55 bits, behind a limit of 20 tries an hour
MAILS_MAX = 10  # accounts behind one shared e-mail that one request tells


class Gone(Exception):
    """The link or code opens nothing any more; `reason` is wrong, used or expired."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Slip:
    """What is printed, once: the code is stored only as a hash."""

    ticket: Ticket
    code: str
    token: str


# ── Making ──────────────────────────────────────────────────────────────


@transaction
def invite(user: User, *, by: Viewer) -> Ticket:
    """Mail a person a link to choose a password. Older ways in of hers close.

    Raises Forbidden or NotFound when the viewer does not manage her, Refused without an e-mail.
    """
    require(by, Action.MANAGE, user)
    _must_be_welcome(user)
    if not user.email:
        raise Refused("", _("This person has no e-mail. Print a slip instead."))
    ticket = _make(user.id, INVITATION, LIFE[INVITATION], by.user_id)
    audit.record("ticket.made", "user", user.id, by=by, ticket=ticket.id, purpose=INVITATION)
    notify.deliver(user.id, "invitation", f"ticket:{ticket.id}", ticket=ticket.id)
    return ticket


@transaction
def invite_by_slip(user: User, *, by: Viewer) -> Slip:
    """A slip to print for a person without e-mail. Older ways in of hers close."""
    require(by, Action.MANAGE, user)
    _must_be_welcome(user)
    code = codes.new(CODE_LENGTH)
    ticket = _make(user.id, INVITATION, SLIP_LIFE, by.user_id, code)
    audit.record("ticket.made", "user", user.id, by=by, ticket=ticket.id, purpose="slip")
    return Slip(ticket, codes.grouped(code), token_of(ticket))


@transaction
def first_way_in(user_id: int) -> str:
    """A link for the command line, which has no viewer: whoever runs it owns the machine.

    The full address is `absolute("signin.ticket", token=…)`.
    """
    user = db.session.get_one(User, user_id)
    _must_be_welcome(user)
    ticket = _make(user_id, INVITATION, LIFE[INVITATION], None)
    audit.record("ticket.made", "user", user_id, by=None, ticket=ticket.id, purpose=INVITATION)
    return token_of(ticket)


def _must_be_welcome(user: User) -> None:
    if user.retired_at is not None or not user.organisation.is_open:
        raise Refused("", _("This person may no longer sign in, so there is nothing to invite to."))


def _make(
    user_id: int, purpose: str, life: timedelta, made_by: int | None, code: str | None = None
) -> Ticket:
    ways_in.void_tickets(user_id)
    ticket = Ticket(
        purpose=purpose,
        seed=secrets.token_urlsafe(16),
        code_hash=code_hash(code) if code else None,
        user_id=user_id,
        made_by_id=made_by,
        expires_at=clock.now() + life,
    )
    db.session.add(ticket)
    db.session.flush()
    return ticket


# ── Reset ───────────────────────────────────────────────────────────────


def forgot(name: str, *, address: str) -> None:
    """Ask for reset links for a name or e-mail. Nobody learns whether it exists: the work is one
    look and one job either way. Raises backoff.TooSoon."""
    guard = services.guard()
    backoff.check(guard.forgotten_addresses, address)
    backoff.check(guard.forgotten, queries.folded(name))
    _queue_reset([account.id for account in queries.accounts(name)][:MAILS_MAX])


@transaction
def _queue_reset(user_ids: list[int]) -> None:
    jobs.queue("signin.reset", user_ids=user_ids)


@jobs.handler("signin.reset", once=True)
def reset(user_ids: list[int]) -> None:
    """Make the tickets and their mails; nothing for those who may not sign in or have no mail."""
    for user_id in user_ids:
        _reset_one(user_id)


def _reset_one(user_id: int) -> None:
    user = db.session.get(User, user_id)
    if user is None or not user.email or viewers.by_user(user_id) is None:
        return
    ticket = _make(user_id, RESET, LIFE[RESET], user_id)
    audit.record("ticket.made", "user", user_id, by=None, ticket=ticket.id, purpose=RESET)
    notify.deliver(user_id, "reset", f"ticket:{ticket.id}", ticket=ticket.id)


# ── Reading links and codes ─────────────────────────────────────────────


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="signin.ticket")


def token_of(ticket: Ticket) -> str:
    """The secret part of a ticket's link; the same however often it is asked."""
    return signed(ticket.id, ticket.seed)


def signed(ticket_id: int, seed: str) -> str:
    """The secret part of the link of a ticket with this number and seed."""
    return str(_serializer().dumps([ticket_id, seed]))


def open_ticket(token: str) -> Row[Any]:
    """The ticket of a link that may still be used. Changes nothing. Raises Gone."""
    try:
        ticket_id, seed = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise Gone("wrong") from error
    row = queries.ticket(ticket_id)
    if row is None or row.seed != seed:
        raise Gone("wrong")
    if row.used_at is not None:
        raise Gone("used")
    if row.expires_at <= clock.now() or viewers.by_user(row.user_id) is None:
        raise Gone("expired")
    return row


def code_hash(code: str) -> str:
    """How a slip's code is stored: keyed, because a code is short enough to be tried out."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, b"signin.slip:" + codes.bare(code).encode(), hashlib.sha256).hexdigest()


def token_by_code(login: str, code: str, *, address: str) -> str:
    """The link of a printed slip. Raises Refused at `code`, and backoff.TooSoon."""
    guard = services.guard()
    if wait := guard.slip_addresses.wait(address):
        raise backoff.TooSoon(wait)
    guard.slips.begin(queries.folded(login))
    row = queries.ticket_by_code(login, code_hash(code))
    if row is None:
        guard.slip_addresses.count(address)
        raise Refused(
            "code",
            _("The name and the code do not belong together, or the slip is no longer valid."),
        )
    guard.slips.forget(queries.folded(login))
    return signed(row.id, row.seed)


# ── Using ───────────────────────────────────────────────────────────────


def use(token: str, password: str, *, device: str) -> services.Entry:
    """Set the password, close the ticket, end every session; what the password opens.

    A second factor stays as it was. Of two at once one wins. Raises Gone, and Refused when the
    password breaks the rules.
    """
    row = open_ticket(token)
    services.check_new(row.user_id, password)
    return _use(row.id, passwords.make_hash(password), device)


@transaction
def _use(ticket_id: int, password_hash: str, device: str) -> services.Entry:
    now = clock.now()
    taken = affected(
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.used_at.is_(None), Ticket.expires_at > now)
        .values(used_at=now)
    )
    if not taken:
        raise Gone("used")
    user_id, purpose = db.session.execute(
        select(Ticket.user_id, Ticket.purpose).where(Ticket.id == ticket_id)
    ).one()
    had_password = services.has_password(user_id)
    services.set_hash(user_id, password_hash)
    services.guard().accounts.forget(f"account:{user_id}")
    person = services.Person(user_id)
    audit.record("ticket.used", "user", user_id, by=person, ticket=ticket_id, purpose=purpose)
    if had_password:
        services.tell_of_change(user_id)
    return services.enter(user_id, device=device)


def _welcome(user: User, by: Viewer) -> None:
    invite(user, by=by)


hooks.on_welcome.append(_welcome)
