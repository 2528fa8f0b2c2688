"""Who is told of a decision: whoever spoke on the topic or follows it, and who follows the space.

Of a new topic its space is told as of everything published; of a reply `comments` tells.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from portal.access import Viewer
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.content import listing
from portal.content.models import Content, Life
from portal.content.policy import policy
from portal.content.queries import params
from portal.discussions import standing
from portal.discussions.models import Resolution
from portal.kernel.database import db, rows
from portal.kernel.i18n import _, _l, language
from portal.kernel.links import link
from portal.notify import notices
from portal.notify.models import Follow
from portal.notify.notices import Line
from portal.spaces.readers import Town

DECISION = "resolution"


def tell_of(made: Resolution, item: Content, by: Viewer) -> None:
    """Tell of a decision, in its transaction: those who read in the topic's home."""
    following = select(Follow.user_id).where(Follow.space_id == item.home_id, Follow.mail != "off")
    people, deaf = standing.listeners(item, item.home_id)
    people |= {item.owner_id, *db.session.scalars(following)}
    people -= {*deaf, by.user_id or 0}
    readers = Town().by_space([item.home_id]).get(item.home_id, frozenset())
    about = f"resolution:{made.id}"
    notices.tell(people & readers, DECISION, about, content_id=item.id, resolution=made.id)


_ABOUT = (
    select(
        Resolution.id, Content.id.label("content_id"), Content.slug, Content.title,
        Content.title_en, User.given, User.family, User.given_latin, User.family_latin,
    )
    .join(Content, Content.id == Resolution.content_id)
    .join(User, User.id == Resolution.by_id)
    .where(
        Resolution.id.in_(bindparam("ids", expanding=True)),
        Resolution.withdrawn_at.is_(None),
        Resolution.space_id.in_(bindparam("reads", expanding=True)),
        Content.life != Life.TRASHED,
        policy.readable,
    )
)  # fmt: skip


def lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """The lines of notices of decisions that hold and that the viewer may read. One statement."""
    ids = sorted({notice.facts["resolution"] for notice in found})
    made = {row.id: row for row in rows(_ABOUT, params(viewer, ids=ids))}
    shown = {}
    for notice in found:
        row = made.get(notice.facts["resolution"])
        if row is not None:
            address = listing.address(row.content_id, row.slug)
            title = (language() == "en" and row.title_en) or row.title
            page = f"{link('discussions.show', address=address)}#decision"
            words = _("%(name)s marked what was decided.", name=reader_name(row))
            shown[notice.id] = Line(title, page, words)
    return shown


def register() -> None:
    notices.register("discussion", _l("Discussions"), notices.of_content)
    notices.register(DECISION, _l("Decisions of discussions"), lines)
