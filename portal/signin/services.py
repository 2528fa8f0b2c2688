"""Signing in and out, the sessions of a browser, one's own password."""

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, or_, select, update

from portal import audit, notify
from portal.access import Viewer
from portal.accounts.models import Ticket, User, UserSession
from portal.accounts.ways_in import end_sessions, void_tickets
from portal.kernel import clock
from portal.kernel.database import affected, db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.signin import backoff, halfway, passwords, queries
from portal.spaces import endings, viewers

log = logging.getLogger(__name__)
TOKEN_BYTES = 32
KEPT = timedelta(days=30)  # how long what is over can still be asked about


def guard() -> backoff.Guard:
    """The counts of attempts of this app."""
    found: backoff.Guard = current_app.extensions["signin.guard"]
    return found


@dataclass(frozen=True)
class Entry:
    """What the right password opened: a session by its token, or the way to the second factor."""

    user_id: int
    token: str = ""
    left: str = ""  # halfway.CODE or halfway.SET_UP; then there is no session yet


def sign_in(name: str, password: str, *, address: str, device: str, keep: bool) -> Entry:
    """Check a name and password; begin a session if nothing else is asked of this person.

    name: sign-in name or e-mail. address: the caller's, counted only for names that nobody has.
    Raises Refused (wrong, or no longer welcome) and backoff.TooSoon. Every call checks exactly
    one password, so that the time tells nothing.
    """
    found = queries.accounts(name)
    # A shared e-mail cannot say who is meant; the answer's hint asks everybody for the name.
    account = found[0] if len(found) == 1 else None
    db.session.rollback()  # no transaction is held while the password is checked
    if account is not None:
        known = _check_known(account, password, address)
    else:
        known = _check_unknown(name, password, address)
    if not known or account is None:
        raise Refused("password", wrong_words())
    if viewers.by_user(account.id) is None:
        # Said only to her who knew the password.
        if (over := viewers.closed_to(account.id)) is not None:
            raise Refused("", endings.told(over))
        raise Refused("", _("Your access has ended. Ask the administrator of the portal."))
    fresh = None
    if account.password_hash and passwords.is_outdated(account.password_hash):
        fresh = passwords.make_hash(password)
    return enter(account.id, device=device, keep=keep, new_hash=fresh)


def wrong_words() -> str:
    """The one answer to a wrong name, a wrong password and an e-mail that several share."""
    return _("The name or the password is not right. Check the keyboard language and Caps Lock.")


def _check_known(account: queries.Account, password: str, address: str) -> bool:
    key = f"account:{account.id}"
    guard().accounts.begin(key)
    if passwords.verify(account.password_hash, password):
        guard().accounts.forget(key)
        return True
    log.info("sign-in refused", extra={"facts": {"user": account.id}})
    # An address that may try no more unknown names gets the same answer here, or the
    # difference would say which names exist. The right password passes all the same.
    if wait := guard().addresses.wait(address):
        raise backoff.TooSoon(wait)
    return False


def _check_unknown(name: str, password: str, address: str) -> bool:
    wait = guard().addresses.wait(address)
    if not wait:
        guard().unknown.begin(queries.folded(name))
        guard().addresses.count(address)
    passwords.verify(None, password)
    if wait:
        raise backoff.TooSoon(wait)
    return False


@transaction
def enter(
    user_id: int, *, device: str = "", keep: bool = False, new_hash: str | None = None
) -> Entry:
    """Let in a person who gave the right password, as far as the password leads.

    device: browser and system in words. keep: stay signed in for days. new_hash: her password,
    stored with today's costs.
    """
    if new_hash is not None:
        db.session.execute(update(User).where(User.id == user_id).values(password_hash=new_hash))
    if left := halfway.step_left(user_id):
        return Entry(user_id, left=left)
    return Entry(user_id, token=start_session(user_id, device=device, keep=keep))


def start_session(user_id: int, *, device: str, keep: bool) -> str:
    """Begin a session in the running transaction, for a person who has proved all that is asked.

    Its token is kept nowhere, only its hash. Everybody else calls `enter`.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session = UserSession(
        token_hash=viewers.token_hash(token), user_id=user_id, device=device[:80], is_kept=keep
    )
    db.session.add(session)
    db.session.flush()
    audit.record("session.started", "user", user_id, by=Person(user_id), session=session.id)
    return token


class Person:
    """Who did it, for the journal, before there is a viewer."""

    def __init__(self, user_id: int) -> None:
        self.user_id: int | None = user_id


@transaction
def seen(session_id: int) -> None:
    """Note that a session is in use. The caller asks rarely (see room.SEEN_EVERY)."""
    now = clock.now()
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


@transaction
def end_session(session_id: int, *, by: Viewer) -> bool:
    """End one of the viewer's own sessions. False when it had ended, or was never hers."""
    ended = affected(
        update(UserSession)
        .where(
            UserSession.id == session_id,
            UserSession.user_id == by.user_id,
            UserSession.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )
    if not ended:
        return False
    audit.record("session.ended", "user", by.user_id, by=by, session=session_id)
    return True


@transaction
def end_sleeping(token: str) -> None:
    """End a session that opens nothing while its organisation's agreement is over, so that it
    does not go on when the agreement is prolonged."""
    wanted = select(UserSession).where(
        UserSession.token_hash == viewers.token_hash(token), UserSession.ended_at.is_(None)
    )
    found = db.session.scalar(wanted)
    if found is not None:
        found.ended_at = clock.now()
        by = Person(found.user_id)
        audit.record("session.ended", "user", found.user_id, by=by, session=found.id)


@transaction
def end_other_sessions(*, by: Viewer) -> int:
    """End all of the viewer's sessions but this one; how many there were."""
    number = end_sessions(by.user_id or 0, but=by.session_id)
    if number:
        audit.record("session.ended", "user", by.user_id, by=by, number=number)
    return number


def change_password(current: str, new: str, *, by: Viewer) -> None:
    """Change one's own password; every other session ends.

    Raises Refused at `current` or `password`, and backoff.TooSoon.
    """
    account = check_own(current, by=by)
    check_new(account.id, new)
    if passwords.verify(account.password_hash, new):
        raise Refused("password", _("This is your password already."))
    _store(account.id, passwords.make_hash(new), by)


def check_own(password: str, *, by: Viewer) -> queries.Account:
    """The viewer's own account, if this is its password.

    Raises Refused at `current`, and backoff.TooSoon.
    """
    account = queries.account(by.user_id or 0)
    db.session.rollback()
    key = f"account:{account.id}"
    guard().accounts.begin(key)
    if not passwords.verify(account.password_hash, password):
        raise Refused("current", _("This is not your password now."))
    guard().accounts.forget(key)
    return account


def check_new(user_id: int, password: str) -> None:
    """Refuse a password that breaks the rules for this person."""
    user = db.session.get_one(User, user_id)
    words = (user.login, user.given, user.family, user.given_latin, user.family_latin)
    email = (user.email or "").split("@")[0]
    db.session.rollback()
    passwords.check_rules(password, *words, email)


@transaction
def _store(user_id: int, password_hash: str, by: Viewer) -> None:
    set_hash(user_id, password_hash, but=by.session_id)
    audit.record("password.changed", "user", user_id, by=by)
    tell_of_change(user_id)


def set_hash(user_id: int, password_hash: str, but: int | None = None) -> None:
    """Store a password in the running transaction, end sessions, void open tickets.

    but: the session that goes on.
    """
    db.session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
    end_sessions(user_id, but)
    void_tickets(user_id)


def tell_of_change(user_id: int) -> None:
    """Mail her that her password is another now, in the running transaction."""
    moment = clock.now()
    key = f"password:{user_id}:{moment:%Y%m%d%H%M%S%f}"
    notify.deliver(user_id, "password_changed", key, at=moment.isoformat())


def has_password(user_id: int) -> bool:
    """Whether a person has ever chosen a password."""
    return bool(
        db.session.scalar(select(User.password_hash.is_not(None)).where(User.id == user_id))
    )


@transaction
def sweep() -> int:
    """Forget sessions and ways in that were over a month ago; how many. Run each night."""
    edge = clock.now() - KEPT
    sessions = delete(UserSession).where(
        or_(UserSession.ended_at < edge, UserSession.seen_at < edge)
    )
    tickets = delete(Ticket).where(Ticket.expires_at < edge)
    return affected(sessions) + affected(tickets)
