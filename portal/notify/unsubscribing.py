"""Stopping mails without signing in: a signed address in each mail that may be stopped.

What stops, and what starts again when she thinks better of it:

- «digest»: the daily digest;
- «kind:news»: mails about a kind of thing; it stays in the bell;
- «follow:3.7»: mails at once about what she follows by these rows; they stay in the bell.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import delete, select, update

from portal import audit
from portal.access import Viewer
from portal.kernel import clock
from portal.kernel.database import affected, db
from portal.kernel.links import absolute
from portal.kernel.transaction import transaction
from portal.notify.models import Follow, NoticeChoice
from portal.spaces.viewers import by_user

DIGEST = "digest"
LIFE = timedelta(days=400)  # an old mail may still be stopped; a forgotten one opens nothing


class NoSuchAddress(Exception):
    """The address is forged, too old, or of somebody who may not sign in any more."""


@dataclass(frozen=True)
class Wish:
    """Whose mails an address stops, and which."""

    viewer: Viewer
    what: str

    @property
    def kind(self) -> str:
        return self.what.partition(":")[0]

    @property
    def name(self) -> str:
        """The kind of notice, where it is about one."""
        return self.what.partition(":")[2]

    @property
    def user_id(self) -> int:
        assert self.viewer.user_id is not None
        return self.viewer.user_id


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")


def address(user_id: int, what: str) -> str:
    """The full address that stops these mails of a person."""
    day = clock.today().toordinal()
    return absolute("unsubscribing.stop", token=_signer().dumps([user_id, what, day]))


def read(token: str) -> Wish:
    """What an address asks for. Raises NoSuchAddress; why is nobody's business."""
    try:
        user_id, what, day = _signer().loads(token)
    except (BadData, ValueError, TypeError) as error:
        raise NoSuchAddress from error
    viewer = by_user(user_id)
    if viewer is None or clock.today().toordinal() - day > LIFE.days:
        raise NoSuchAddress
    return Wish(viewer, what)


@transaction
def stop(wish: Wish) -> None:
    """Send her no more of these mails. Doing it again changes nothing."""
    match wish.kind:
        case "digest":
            changed = _choose(wish.user_id, DIGEST, "off")
        case "kind":
            changed = not _is_quieter(wish) and _choose(wish.user_id, wish.name, "portal")
        case _:
            changed = _follow(wish, "portal")
    if changed:
        audit.record("notify.unsubscribe", "user", wish.user_id, by=wish.viewer, what=wish.what)


@transaction
def again(wish: Wish) -> None:
    """Send her these mails again."""
    match wish.kind:
        case "digest":
            mine = NoticeChoice.user_id == wish.user_id
            changed = affected(delete(NoticeChoice).where(mine, NoticeChoice.kind == DIGEST)) > 0
        case "kind":
            changed = _choose(wish.user_id, wish.name, "now")
        case _:
            changed = _follow(wish, "now")
    if changed:
        audit.record("notify.subscribe", "user", wish.user_id, by=wish.viewer, what=wish.what)


def _choose(user_id: int, kind: str, mail: str) -> bool:
    held = db.session.get(NoticeChoice, (user_id, kind))
    if held is not None and held.mail == mail:
        return False
    if held is None:
        db.session.add(NoticeChoice(user_id=user_id, kind=kind, mail=mail))
    else:
        held.mail = mail
    return True


def _is_quieter(wish: Wish) -> bool:
    """Whether she chose since to get less of the kind: an old mail turns nothing up again."""
    held = db.session.get(NoticeChoice, (wish.user_id, wish.name))
    return held is not None and held.mail != "now"


def _follow(wish: Wish, mail: str) -> bool:
    ids = [int(number) for number in wish.name.split(".")]
    mine = [Follow.id.in_(ids), Follow.user_id == wish.user_id, Follow.mail.in_(("now", "portal"))]
    return affected(update(Follow).where(*mine, Follow.mail != mail).values(mail=mail)) > 0


def is_without_digest(user_id: int) -> bool:
    """Whether she wants no daily digest."""
    held = db.session.get(NoticeChoice, (user_id, DIGEST))
    return held is not None and held.mail == "off"


def without_digest() -> set[int]:
    """Who wants no daily digest."""
    stopped = select(NoticeChoice.user_id).where(
        NoticeChoice.kind == DIGEST, NoticeChoice.mail == "off"
    )
    return set(db.session.scalars(stopped))
