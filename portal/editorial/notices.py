"""Whose idea it was is told when somebody else takes it over or begins its text."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from portal.access import Action, Viewer, may
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.editorial.models import Idea
from portal.editorial.policy import policy
from portal.kernel.database import rows
from portal.kernel.i18n import _, _l
from portal.kernel.links import link
from portal.notify import notices
from portal.notify.notices import Line
from portal.spaces.viewers import by_user

KIND = "idea"


def tell_owner(idea: Idea, owner: int, by: Viewer, *, begun: bool) -> None:
    """In the transaction of the taking; nobody is told what she does herself or may not read."""
    if owner == by.user_id:
        return
    viewer = by_user(owner)
    if viewer is not None and may(viewer, Action.READ, idea):
        about = f"idea:{idea.id}"
        notices.tell(
            [owner], KIND, about, version=idea.saves, idea=idea.id, by=by.user_id, begun=begun
        )


_IDEAS = select(Idea.id, Idea.title).where(
    Idea.id.in_(bindparam("ids", expanding=True)), policy.readable
)
_PEOPLE = select(User.id, User.given, User.family, User.given_latin, User.family_latin).where(
    User.id.in_(bindparam("people", expanding=True))
)


def lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """The lines of notices about ideas that the viewer may read now. Two statements for all.

    Whoever took it writes in the same space, so her name is no secret there.
    """
    ids = sorted({notice.facts["idea"] for notice in found})
    ideas = {row.id: row for row in rows(_IDEAS, {**viewer.params, "ids": ids})}
    people = sorted({notice.facts["by"] for notice in found})
    names = {row.id: reader_name(row) for row in rows(_PEOPLE, {"people": people})}
    return {
        notice.id: Line(
            ideas[notice.facts["idea"]].title,
            link("editorial.idea", idea_id=notice.facts["idea"]),
            _words(names.get(notice.facts["by"], ""), begun=notice.facts["begun"]),
        )
        for notice in found
        if notice.facts["idea"] in ideas
    }


def _words(name: str, *, begun: bool) -> str:
    if begun:
        return _("%(name)s began the text of your idea.", name=name)
    return _("%(name)s took your idea over.", name=name)


def register() -> None:
    notices.register(KIND, _l("My ideas that somebody else takes over"), lines, "portal")
