"""The mail about a published item, for who asked to be told at once."""

from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, case, or_, select

from portal.access import Viewer
from portal.accounts.models import User
from portal.content import kinds
from portal.content.models import Content, ContentTopic, Placement, Topic
from portal.kernel.database import rows
from portal.kernel.i18n import _, _l, language
from portal.notify import mails, texts
from portal.notify.models import Follow
from portal.spaces.models import Space
from portal.spaces.viewers import by_user

TEMPLATE = "published"
_ITEM: BindParameter[int] = bindparam("content_id")
# What she follows and this item belongs to; a space counts only while she reads there.
_FOLLOWED = (
    select(
        Follow.id,
        case(
            (Follow.space_id.is_not(None), "space"),
            (Follow.topic_id.is_not(None), "topic"),
            else_="person",
        ).label("what"),
        Space.name_bg.label("space_bg"),
        Space.name_en.label("space_en"),
        Topic.name_bg.label("topic_bg"),
        Topic.name_en.label("topic_en"),
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
    )
    .outerjoin(Space, Space.id == Follow.space_id)
    .outerjoin(Topic, Topic.id == Follow.topic_id)
    .outerjoin(User, User.id == Follow.person_id)
    .where(
        Follow.user_id == bindparam("user_id"),
        Follow.mail == "now",
        or_(
            and_(
                Follow.space_id.in_(
                    select(Placement.space_id).where(Placement.content_id == _ITEM)
                ),
                Follow.space_id.in_(bindparam("reads", expanding=True)),
            ),
            Follow.topic_id.in_(
                select(ContentTopic.topic_id).where(ContentTopic.content_id == _ITEM)
            ),
            Follow.person_id.in_(select(Content.owner_id).where(Content.id == _ITEM)),
        ),
    )
    .order_by(Follow.id)
)


def gather(facts: dict[str, Any]) -> dict[str, Any]:
    """What the mail shows, if its receiver may still read the item. Raises Moot."""
    viewer = by_user(facts["to"])
    if viewer is None:
        raise mails.Moot("the receiver may not sign in any more")
    item = texts.shown([facts["content"]], viewer).get(facts["content"])
    if item is None:
        raise mails.Moot("the receiver does not find it published any more")
    why, stops = _why(viewer, item)
    return {"item": item, "title": item.title, "why": why, "unsubscribe": stops}


def _why(viewer: Viewer, item: texts.Shown) -> tuple[str, str]:
    """Why she is told at once, and what stops it (see `unsubscribing`)."""
    asked = {
        "user_id": viewer.user_id,
        "content_id": item.id,
        "reads": viewer.params["reads"],
    }
    followed = rows(_FOLLOWED, asked)
    if not followed:
        label = str(kinds.of(item.kind).label)
        why = _("You asked to be told of this kind at once: %(kind)s.", kind=label)
        return why, f"kind:{item.kind}"
    names = ", ".join(f"«{_name(row)}»" for row in followed)
    why = _("You follow %(names)s and asked to be told at once.", names=names)
    return why, "follow:" + ".".join(str(row.id) for row in followed)


def _name(row: Row[Any]) -> str:
    english = language() == "en"
    match row.what:
        case "space":
            return str(row.space_en if english else row.space_bg)
        case "topic":
            return str(row.topic_en if english else row.topic_bg)
    latin = f"{row.given_latin} {row.family_latin}".strip()
    return (english and latin) or f"{row.given} {row.family}"


def install() -> None:
    for kind in kinds.names():
        mails.register(kind, _l("%(title)s"), gather, template=TEMPLATE)
