"""The second factor: set up, asked for at sign-in, replaced, turned off, reset by others."""

import logging
from dataclasses import dataclass

from sqlalchemy import delete, update

from portal import audit, notify
from portal.access import Action, Viewer, require
from portal.accounts import ways_in
from portal.accounts.models import RecoveryCode, SecondFactor, User
from portal.audit import Actor
from portal.kernel import clock
from portal.kernel.database import affected, db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.signin import halfway, queries, services, totp
from portal.spaces import viewers

log = logging.getLogger(__name__)
# What happened to somebody's second factor, as the journal and her mail call it.
ADDED, REPLACED, OFF, RESET = "added", "replaced", "off", "reset"
CODES, RECOVERED = "codes", "recovered"


@dataclass(frozen=True)
class Entered:
    """A session that began. codes_left: after a recovery code, how many more there are."""

    token: str
    codes_left: int | None = None


@dataclass(frozen=True)
class SetUp:
    """What is shown once: the new recovery codes. token: of the session, if one began now."""

    codes: list[str]
    token: str = ""


# ── At sign-in ──────────────────────────────────────────────────────────


def enter(half: halfway.Halfway, code: str, *, device: str) -> Entered:
    """Begin a session with six digits or a recovery code.

    Raises Refused at `code`, backoff.TooSoon, and halfway.Over when events moved on.
    """
    if half.left != halfway.CODE:
        raise halfway.Over(half.back)
    _count(half.user_id)
    entered = _enter(half, code, device)
    _forget(half.user_id)
    return entered


@transaction
def _enter(half: halfway.Halfway, code: str, device: str) -> Entered:
    halfway.must_hold(half)
    _must_be_welcome(half.user_id)
    recovered = _take(half.user_id, code)
    token = services.start_session(half.user_id, device=device, keep=half.keep)
    return Entered(token, queries.codes_left(half.user_id) if recovered else None)


def enter_by_set_up(half: halfway.Halfway, code: str, *, device: str) -> SetUp:
    """Set up the second factor that half a sign-in still lacked, and begin the session.

    Raises Refused at `code`, and halfway.Over.
    """
    step = _first_step(half, code)
    return _enter_by_set_up(half, step, device)


@transaction
def _enter_by_set_up(half: halfway.Halfway, step: int, device: str) -> SetUp:
    halfway.must_hold(half)
    _must_be_welcome(half.user_id)
    codes = _store(half, step, by=services.Person(half.user_id), but=None)
    return SetUp(codes, services.start_session(half.user_id, device=device, keep=half.keep))


def _must_be_welcome(user_id: int) -> None:
    if viewers.by_user(user_id) is None:
        raise Refused("", _("Your access has ended. Ask the administrator of the portal."))


# ── One's own ───────────────────────────────────────────────────────────


def begin_set_up(password: str, code: str, *, by: Viewer) -> None:
    """Ask for the password, and for a code where there is a factor to be replaced.

    Raises Refused at `current` or `code`, and backoff.TooSoon.
    """
    user_id = services.check_own(password, by=by).id
    has_one = queries.second_factor(user_id).secret is not None
    db.session.rollback()
    if has_one:
        _count(user_id)
        _use_up(user_id, code)
        _forget(user_id)


@transaction
def _use_up(user_id: int, code: str) -> None:
    _take(user_id, code)


def set_up(half: halfway.Halfway, code: str, *, by: Viewer) -> list[str]:
    """Set up or replace the viewer's own; every other session ends. Her new recovery codes.

    Raises Refused at `code`, and halfway.Over.
    """
    if half.user_id != by.user_id:
        raise halfway.Over
    return _set_up(half, _first_step(half, code), by)


@transaction
def _set_up(half: halfway.Halfway, step: int, by: Viewer) -> list[str]:
    halfway.must_hold(half)
    return _store(half, step, by=by, but=by.session_id)


def _first_step(half: halfway.Halfway, code: str) -> int:
    """The step of the digits that prove that the phone holds the new secret."""
    if half.left != halfway.SET_UP or not half.secret:
        raise halfway.Over(half.back)
    step = totp.step_of(half.secret, code, at=clock.now())
    if step is None:
        raise Refused(
            "code",
            _(
                "These are not the digits of this key. Wait until the app shows the next ones; "
                "check that the phone sets its clock by itself."
            ),
        )
    return step


def _store(half: halfway.Halfway, step: int, *, by: Actor, but: int | None) -> list[str]:
    """Keep the offered secret in the running transaction and end all sessions but one."""
    user_id = half.user_id
    had_one = affected(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    hidden = totp.encrypt(user_id, half.secret)
    # The digits that set it up do not also sign in.
    db.session.add(SecondFactor(user_id=user_id, secret=hidden, last_step=step))
    codes = _fresh_codes(user_id)
    ways_in.end_sessions(user_id, but)
    _tell(REPLACED if had_one else ADDED, user_id, by)
    return codes


def make_codes(password: str, code: str, *, by: Viewer) -> list[str]:
    """New recovery codes for the viewer; the old ones end.

    Raises Refused at `current` or `code`, and backoff.TooSoon.
    """
    user_id = services.check_own(password, by=by).id
    _count(user_id)
    codes = _make_codes(user_id, code, by)
    _forget(user_id)
    return codes


@transaction
def _make_codes(user_id: int, code: str, by: Viewer) -> list[str]:
    _take(user_id, code)
    codes = _fresh_codes(user_id)
    _tell(CODES, user_id, by)
    return codes


def turn_off(password: str, code: str, *, by: Viewer) -> None:
    """Sign in with the password alone from now on; other sessions end.

    Raises Refused (also where a second factor is required) and backoff.TooSoon.
    """
    user_id = services.check_own(password, by=by).id
    _count(user_id)
    _turn_off(user_id, code, by)
    _forget(user_id)


@transaction
def _turn_off(user_id: int, code: str, by: Viewer) -> None:
    person = queries.second_factor(user_id)
    if halfway.is_required(is_admin=person.is_admin, is_home=person.is_home):
        raise Refused("", _("Your account needs the second step. You can change the phone."))
    _take(user_id, code)
    _remove(user_id)
    ways_in.end_sessions(user_id, by.session_id)
    _tell(OFF, user_id, by)


# ── Others' ─────────────────────────────────────────────────────────────


@transaction
def reset(user: User, *, by: Viewer) -> None:
    """Take a lost phone's factor away; her sessions end and she is told.

    Raises Forbidden or NotFound when the viewer does not manage her, and Refused.
    """
    require(by, Action.MANAGE, user)
    if user.id == by.user_id:
        raise Refused(
            "", _("This is your own account: change the phone from your profile instead.")
        )
    _reset(user.id, by)


@transaction
def reset_by_command(user_id: int) -> None:
    """The same from the command line, which has no viewer: whoever runs it owns the machine."""
    _reset(user_id, None)


def _reset(user_id: int, by: Viewer | None) -> None:
    if not _remove(user_id):
        raise Refused("", _("This person has no second step, so there is nothing to reset."))
    ways_in.end_sessions(user_id)
    _tell(RESET, user_id, by)


# ── Shared ──────────────────────────────────────────────────────────────


def _take(user_id: int, code: str) -> bool:
    """Use up six digits or a recovery code in the running transaction; True for the latter.

    Of two at once with the same code one wins. Raises Refused at `code`.
    """
    if totp.digits(code):
        if _take_digits(user_id, code):
            return False
    elif _take_recovery(user_id, code):
        left = queries.codes_left(user_id)
        _tell(RECOVERED, user_id, services.Person(user_id), left=left)
        return True
    log.info("second factor refused", extra={"facts": {"user": user_id}})
    raise Refused(
        "code",
        _("The code is not right or was used already. Wait until the app shows the next one."),
    )


def _take_digits(user_id: int, code: str) -> bool:
    row = queries.second_factor(user_id)
    secret = totp.decrypt(user_id, row.secret) if row.secret else None
    if secret is None:
        if row.secret:
            log.error("a second factor cannot be read with this secret_key")
        return False
    step = totp.step_of(secret, code, at=clock.now(), after=row.last_step)
    return step is not None and bool(
        affected(
            update(SecondFactor)
            .where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
            .values(last_step=step)
        )
    )


def _take_recovery(user_id: int, code: str) -> bool:
    return bool(
        affected(
            update(RecoveryCode)
            .where(
                RecoveryCode.user_id == user_id,
                RecoveryCode.code_hash == totp.code_hash(user_id, code),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now())
        )
    )


def _fresh_codes(user_id: int) -> list[str]:
    """New recovery codes instead of all old ones, in the running transaction."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = totp.new_codes()
    db.session.add_all(
        RecoveryCode(user_id=user_id, code_hash=totp.code_hash(user_id, code)) for code in codes
    )
    db.session.flush()
    return codes


def _remove(user_id: int) -> bool:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    return bool(affected(delete(SecondFactor).where(SecondFactor.user_id == user_id)))


def _tell(what: str, user_id: int, by: Actor | None, **facts: int) -> None:
    """Write the journal line and the mail to whom it concerns, in the running transaction."""
    audit.record(f"second_factor.{what}", "user", user_id, by=by, **facts)
    moment = clock.now()
    key = f"second_factor:{user_id}:{moment:%Y%m%d%H%M%S%f}:{what}"
    notify.deliver(user_id, "second_factor", key, at=moment.isoformat(), what=what, **facts)


def _count(user_id: int) -> None:
    """Count a try before it is judged. Raises backoff.TooSoon."""
    services.guard().codes.begin(f"account:{user_id}")


def _forget(user_id: int) -> None:
    services.guard().codes.forget(f"account:{user_id}")
