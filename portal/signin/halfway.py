"""The way between the right password and a session, for those who need a second factor.

Nobody is signed in there. What is known so far stands in a signed form, for ten minutes; it belongs
to one browser by a number in its cookie, so that neither the form nor the cookie alone is of use.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.kernel import clock
from portal.signin import queries

LIFE = timedelta(minutes=10)
CODE, SET_UP = "code", "set-up"  # what is left to do: give a code, or set the second factor up


class Over(Exception):
    """The way ends here and begins again with the password; `back`: the page that was wanted."""

    def __init__(self, back: str = "/") -> None:
        super().__init__()
        self.back = back


@dataclass(frozen=True)
class Halfway:
    """Who gave the right password, and what the form carries until the second factor."""

    user_id: int
    left: str  # CODE or SET_UP
    seal: str  # a print of her password and factor: when either changes, the way is over
    keep: bool = False  # «keep me signed in»
    back: str = "/"  # the page that was wanted
    secret: str = ""  # the one that a set-up offers; shown on its page, stored nowhere yet


def is_required(*, is_admin: bool, is_home: bool) -> bool:
    """Whether such a person signs in with a second factor only.

    is_home: she is of the municipality itself. A demonstration asks nobody for a phone.
    """
    return (is_admin or not is_home) and not current_app.config["DEMO"]


def step_left(user_id: int) -> str:
    """What stands between this person's right password and a session: nothing, CODE or SET_UP."""
    person = queries.second_factor(user_id)
    if person.secret is not None:
        return CODE
    return SET_UP if is_required(is_admin=person.is_admin, is_home=person.is_home) else ""


def begin(
    user_id: int, left: str, *, keep: bool = False, back: str = "/", secret: str = ""
) -> Halfway:
    """The way from here, for a person who has just given the right password."""
    return Halfway(user_id, left, seal(user_id), keep, back, secret)


def seal(user_id: int) -> str:
    """A print of a person's password and second factor as they are now."""
    person = queries.second_factor(user_id)
    told = f"{person.password_hash}|{person.secret}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def signed(half: Halfway, browser: str) -> str:
    """What the form carries. browser: the number in the cookie that the form belongs to."""
    now = int(clock.now().timestamp())
    told = [half.user_id, half.left, half.seal, half.keep, half.back, half.secret]
    return str(_serializer().dumps([browser, now, *told]))


def read(form: str, browser: str | None, left: str) -> Halfway:
    """What a form of this browser carries, for the page of what is `left`.

    Raises Over: expired, another browser's or of another page. Who acts on it asks `must_hold`.
    """
    try:
        owner, began, *told = _serializer().loads(form)
        half = Halfway(*told)
    except (BadSignature, ValueError, TypeError) as error:
        raise Over from error
    if clock.now().timestamp() - began > LIFE.total_seconds():
        raise Over(half.back)
    if browser is None or not hmac.compare_digest(owner, browser) or half.left != left:
        raise Over
    return half


def must_hold(half: Halfway) -> None:
    """Raises Over when the password or the second factor is another than when the way began."""
    if not hmac.compare_digest(seal(half.user_id), half.seal):
        raise Over(half.back)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="signin.halfway")
