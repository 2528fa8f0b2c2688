"""What sign-in reads: people by the name they type, their sessions, their open tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, String, and_, bindparam, cast, func, literal, or_, select

from portal.accounts.models import (
    Organisation,
    RecoveryCode,
    SecondFactor,
    Ticket,
    User,
    UserSession,
)
from portal.accounts.queries import reader_name
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.notify.models import Delivery
from portal.spaces.viewers import IDLE, IDLE_KEPT

_BY_NAME = (
    select(User.id, User.login, User.password_hash)
    .where(
        or_(User.login == bindparam("name"), User.email == bindparam("name")),
        User.retired_at.is_(None),
    )
    .order_by(User.id)
    .limit(20)
)
_PASSWORD = select(User.id, User.login, User.password_hash).where(User.id == bindparam("user_id"))
_SECOND_FACTOR = (
    select(
        User.id,
        User.is_admin,
        User.password_hash,
        Organisation.is_home,
        SecondFactor.secret,
        SecondFactor.added_at,
        SecondFactor.last_step,
    )
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
    .where(User.id == bindparam("user_id"))
)
_CODES_LEFT = select(func.count()).where(
    RecoveryCode.user_id == bindparam("user_id"), RecoveryCode.used_at.is_(None)
)
_SESSIONS = (
    select(
        UserSession.id,
        UserSession.device,
        UserSession.created_at,
        UserSession.seen_at,
        UserSession.is_kept,
    )
    .where(
        UserSession.user_id == bindparam("user_id"),
        UserSession.ended_at.is_(None),
        or_(
            UserSession.seen_at > bindparam("idle_edge"),
            UserSession.is_kept & (UserSession.seen_at > bindparam("kept_edge")),
        ),
    )
    .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
)
_TICKET = (
    select(
        Ticket.id,
        Ticket.purpose,
        Ticket.seed,
        Ticket.user_id,
        Ticket.expires_at,
        Ticket.used_at,
        User.login,
        User.given,
        User.family,
        User.retired_at,
    )
    .join(User, User.id == Ticket.user_id)
    .where(Ticket.id == bindparam("ticket_id"))
)
_BY_CODE = (
    select(Ticket.id, Ticket.seed)
    .join(User, User.id == Ticket.user_id)
    .where(
        Ticket.code_hash == bindparam("code_hash"),
        User.login == bindparam("login"),
        Ticket.used_at.is_(None),
        Ticket.expires_at > bindparam("now"),
    )
)
_NEWEST = (
    select(
        Ticket.purpose,
        Ticket.code_hash.is_not(None).label("is_slip"),
        Ticket.created_at,
        Ticket.expires_at,
        Ticket.used_at,
        Delivery.state.label("mail"),
        Delivery.error.label("mail_error"),
    )
    .outerjoin(
        Delivery,
        and_(
            Delivery.user_id == Ticket.user_id,
            Delivery.subject_key == literal("ticket:") + cast(Ticket.id, String),
        ),
    )
    .where(Ticket.user_id == bindparam("user_id"))
    .order_by(Ticket.id.desc())
    .limit(1)
)
_LOGINS = select(User.login, User.given, User.family, User.given_latin, User.family_latin).where(
    User.login.in_(bindparam("logins", expanding=True)), User.retired_at.is_(None)
)


@dataclass(frozen=True)
class Account:
    """Who might be meant by a typed name."""

    id: int
    login: str
    password_hash: str | None


def folded(name: str) -> str:
    """A sign-in name or e-mail as it is stored and compared: letters of either size are one."""
    return name.strip().casefold()


def accounts(name: str) -> list[Account]:
    """The people of a typed sign-in name or e-mail: the name's owner alone, else all who share
    the e-mail."""
    found = [
        Account(row.id, row.login, row.password_hash)
        for row in rows(_BY_NAME, {"name": folded(name)})
    ]
    owner = [account for account in found if account.login == folded(name)]
    return owner or found


def account(user_id: int) -> Account:
    row = first(_PASSWORD, {"user_id": user_id})
    if row is None:
        raise LookupError(user_id)
    return Account(row.id, row.login, row.password_hash)


def second_factor(user_id: int) -> Row[Any]:
    """A person's second factor, its columns None without one, and who must have one."""
    row = first(_SECOND_FACTOR, {"user_id": user_id})
    if row is None:
        raise LookupError(user_id)
    return row


def codes_left(user_id: int) -> int:
    """How many recovery codes a person can still use."""
    row = first(_CODES_LEFT, {"user_id": user_id})
    return int(row[0]) if row else 0


def sessions(user_id: int) -> Sequence[Row[Any]]:
    """A person's browsers that are signed in now, the last used first."""
    now = clock.now()
    params = {"user_id": user_id, "idle_edge": now - IDLE, "kept_edge": now - IDLE_KEPT}
    return rows(_SESSIONS, params)


def ticket(ticket_id: int) -> Row[Any] | None:
    return first(_TICKET, {"ticket_id": ticket_id})


def ticket_by_code(login: str, code_hash: str) -> Row[Any] | None:
    """The open ticket of a printed slip."""
    params = {"login": folded(login), "code_hash": code_hash, "now": clock.now()}
    return first(_BY_CODE, params)


def newest_ticket(user_id: int) -> Row[Any] | None:
    """A person's last way in and what became of its mail; for whoever manages her."""
    return first(_NEWEST, {"user_id": user_id})


def names_of(logins: Sequence[str]) -> dict[str, str]:
    """Sign-in names to people's names, of those that exist, in the reader's letters."""
    return {row.login: reader_name(row) for row in rows(_LOGINS, {"logins": list(logins)})}
