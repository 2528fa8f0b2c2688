"""What is published is told once: to whom it must reach, and to who wants to know.

The release only writes one job; the worker tells in one transaction, when the item opens.

Who is told, and how — the rule, tried as a table by tests/notify/test_spreading.py:

1. Who must read it is told first, by `confirming`, whatever she chose. Nobody is told twice.
2. Who wrote it or put it before its readers is not told.
3. Only who may read it through one of its spaces is told; many spaces tell once.
4. A follow is her own word on a space, on one of its topics or on who wrote it. Of those that ask
   to be told (at once, daily, in the portal) the strongest counts, whatever the kind's choice says.
5. Where none asks, «not at all» silences: for a topic or a writer at once; for a space what is
   published there alone, so that all the spaces through which she reads it must be silenced.
6. Else her choice for the kind counts (news, documents, practices), or the kind's default.
"""

from collections import defaultdict
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import bindparam, or_, select

from portal import jobs
from portal.access import Viewer
from portal.content.models import RELEASED, Content, ContentTopic, Life, Placement, Revision
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.notify import mails, notices
from portal.notify.models import Follow
from portal.spaces import readers

# What opened longer ago is no news: an import, or a worker that slept.
FRESH = timedelta(days=7)
Teller = Callable[[Content], None]
_tellers: dict[Teller, None] = {}


def teller(function: Teller, first: bool = False) -> None:
    """Call a function when an item is told of for the first time, in the telling's transaction.

    first: before the followers. Registering again changes nothing.
    """
    if function in _tellers:
        return
    if first:
        rest = list(_tellers)
        _tellers.clear()
        _tellers.update(dict.fromkeys([function, *rest]))
    else:
        _tellers[function] = None


def about(content_id: int) -> str:
    """What notices of a published item are about."""
    return f"content:{content_id}"


def released(revision: Revision, by: Viewer | None) -> None:
    """A step of a text: write the job that tells of it, if this is its item's first release."""
    content = revision.content
    opens, now = content.visible_from, revision.released_at
    if opens is None or now is None or opens < now:
        return  # its readers know it already
    jobs.queue(
        "notice.spread",
        run_after=opens,
        content_id=content.id,
        by_id=by.user_id if by else None,
    )


def spread(content_id: int, by_id: int | None = None) -> None:
    """The job `notice.spread`: tell of an item that has opened, all in one transaction.

    Told is only what readers see now: what went to the trash meanwhile, or opens at another time
    by now, is not.
    """
    content = db.session.get(Content, content_id)
    if content is None or content.life != Life.PUBLISHED or not content.is_visible(clock.now()):
        return
    for tell in list(_tellers):
        tell(content)
    _tell_followers(content, by_id)


def _tell_followers(content: Content, by_id: int | None) -> None:
    assert content.visible_from is not None
    if content.visible_from < clock.now() - FRESH or notices.kind_of(content.kind) is None:
        return
    ways = receivers(content, by_id)
    notices.tell(
        ways.keys(),
        content.kind,
        about(content.id),
        content_id=content.id,
        mail=ways,
        mail_name=content.kind if mails.is_known(content.kind) else "",
        content=content.id,
    )


# ── Who is told, and how ────────────────────────────────────────────────

_FOLLOWS = select(
    Follow.user_id, Follow.space_id, Follow.topic_id, Follow.person_id, Follow.mail
).where(
    or_(
        Follow.space_id.in_(bindparam("spaces", expanding=True)),
        Follow.topic_id.in_(bindparam("topics", expanding=True)),
        Follow.person_id.in_(bindparam("writers", expanding=True)),
    )
)
_PLACES = select(Placement.space_id).where(Placement.content_id == bindparam("id"))
_TOPICS = select(ContentTopic.topic_id).where(ContentTopic.content_id == bindparam("id"))
_AUTHORS = select(Revision.author_id, Revision.changed_by_id).where(
    Revision.content_id == bindparam("id"), Revision.state.in_(RELEASED)
)


@dataclass
class Said:
    """What one person's follows say of an item."""

    spaces: dict[int, str] = field(default_factory=dict)  # her word on each of its spaces
    others: list[str] = field(default_factory=list)  # on its topics and on who wrote it


def way(said: Said, read_through: Set[int], of_kind: str) -> str:
    """How one person is told, one of `notices.WAYS`: rules 4 to 6 above.

    read_through: the item's spaces that she reads; of_kind: her choice for its kind.
    """
    mine = [said.spaces[space] for space in read_through if space in said.spaces]
    asking = [word for word in (*mine, *said.others) if word != "off"]
    if asking:
        return min(asking, key=notices.WAYS.index)
    silenced = "off" in said.others or len(mine) == len(read_through)
    return "off" if silenced else of_kind


def receivers(content: Content, by_id: int | None = None) -> dict[int, str]:
    """Who is told of an item once it is published, and how: «now», «daily» or «portal».

    by_id: who publishes it. Those who must read it are told besides, see `confirming`; who is in
    both is told once, as one of them.
    """
    values = {"id": content.id}
    spaces = {row.space_id for row in rows(_PLACES, values)}
    reads: dict[int, set[int]] = defaultdict(set)
    for space, people in readers.by_space(spaces).items():
        for person in people:
            reads[person].add(space)
    written = rows(_AUTHORS, values)
    writers = {content.owner_id, *(row.author_id for row in written)}
    for person in writers | {row.changed_by_id for row in written} | {by_id or 0}:
        reads.pop(person, None)
    said = _said(content, spaces, writers)
    nothing, of_kind = Said(), notices.chosen(reads, content.kind)
    found = {
        person: way(said.get(person, nothing), through, of_kind[person])
        for person, through in reads.items()
    }
    return {person: how for person, how in found.items() if how != "off"}


def _said(content: Content, spaces: Set[int], writers: Set[int]) -> dict[int, Said]:
    topics = [row.topic_id for row in rows(_TOPICS, {"id": content.id})]
    values = {"spaces": sorted(spaces), "topics": topics, "writers": sorted(writers)}
    found: dict[int, Said] = defaultdict(Said)
    for row in rows(_FOLLOWS, values):
        if row.space_id is not None:
            found[row.user_id].spaces[row.space_id] = row.mail
        else:
            found[row.user_id].others.append(row.mail)
    return found
