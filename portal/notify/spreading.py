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
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    bindparam,
    cast,
    null,
    or_,
    select,
    union_all,
)

from portal import jobs
from portal.access import Viewer
from portal.content.models import (
    OPEN,
    RELEASED,
    Content,
    ContentTopic,
    Life,
    Revision,
    RevisionTopic,
)
from portal.content.readers import once_open
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.notify import mails, notices
from portal.notify.models import Follow, NoticeChoice
from portal.spaces.readers import Town

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


def rescheduled(revision: Revision, by: Viewer | None) -> None:
    """Another time of an item that has not opened: it is told of then. The earlier job finds it
    closed, or told of already, and tells nobody twice."""
    jobs.queue(
        "notice.spread",
        run_after=revision.content.visible_from,
        content_id=revision.content_id,
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

_ITEM, _DRAFT = bindparam("id", type_=Integer), bindparam("draft", type_=Integer)
# Released, and at work.
_TEXTS = select(
    Revision.id, Revision.language, Revision.state, Revision.author_id, Revision.changed_by_id
).where(Revision.content_id == _ITEM, Revision.state.in_((*OPEN, *RELEASED)))
# Of a draft the topics that it asks for, which the item takes over at its release.
_TOPICS = union_all(
    select(ContentTopic.topic_id).where(ContentTopic.content_id == _ITEM, _DRAFT == 0),
    select(RevisionTopic.topic_id).where(RevisionTopic.revision_id == _DRAFT),
)
_NOTHING: ColumnElement[Any] = cast(null(), Integer)
# What people said of the item's spaces, topics and writers; and, with none of them, of its kind.
_SAID: CompoundSelect[Any] = union_all(
    select(
        Follow.user_id, Follow.space_id, Follow.topic_id, Follow.person_id, Follow.mail
    ).where(
        or_(
            Follow.space_id.in_(bindparam("spaces", expanding=True)),
            Follow.topic_id.in_(_TOPICS),
            Follow.person_id.in_(bindparam("writers", expanding=True)),
        )
    ),
    select(
        NoticeChoice.user_id, _NOTHING, _NOTHING, _NOTHING, NoticeChoice.mail
    ).where(NoticeChoice.kind == bindparam("kind")),
)  # fmt: skip


@dataclass
class Said:
    """What one person's follows and choices say of an item."""

    of_kind: str  # her choice for its kind, or the kind's default
    spaces: dict[int, str] = field(default_factory=dict)  # her word on each of its spaces
    others: list[str] = field(default_factory=list)  # on its topics and on who wrote it


def way(said: Said, read_through: Set[int]) -> str:
    """How one person is told, one of `notices.WAYS`: rules 4 to 6 above.

    read_through: the item's spaces that she reads.
    """
    mine = [said.spaces[space] for space in read_through if space in said.spaces]
    asking = [word for word in (*mine, *said.others) if word != "off"]
    if asking:
        return min(asking, key=notices.WAYS.index)
    silenced = "off" in said.others or len(mine) == len(read_through)
    return "off" if silenced else said.of_kind


def is_first(content: Content) -> bool:
    """Whether nobody was told of an item yet, so that its next release tells of it."""
    opens = content.visible_from
    return (opens is None or opens > clock.now()) and notices.kind_of(content.kind) is not None


def receivers(
    content: Content,
    by_id: int | None = None,
    *,
    through: Mapping[int, Set[int]] | None = None,
    beforehand: str = "",
) -> dict[int, str]:
    """Who is told of an item once it is published, and how: «now», «daily» or «portal».

    by_id: who publishes it. through: what `content.readers.once_open` gave, where it is known.
    beforehand: a language; its text at work, or else another one, is taken for released. Those
    who must read it are told besides, see `confirming`; who is in both is told once, as one of
    them. Two statements.
    """
    if through is None:
        through = once_open(content.id, Town())
    reads: dict[int, set[int]] = defaultdict(set)
    for space, people in through.items():
        for person in people:
            reads[person].add(space)
    texts, draft_id = _released(rows(_TEXTS, {"id": content.id}), beforehand)
    writers = {content.owner_id, *(text.author_id for text in texts)}
    for person in writers | {text.changed_by_id for text in texts} | {by_id or 0}:
        reads.pop(person, None)
    asked = {
        "id": content.id,
        "draft": draft_id,
        "spaces": sorted(through),
        "writers": sorted(writers),
        "kind": content.kind,
    }
    said = _said(rows(_SAID, asked), content.kind)
    found = {person: way(said[person], spaces) for person, spaces in reads.items()}
    return {person: how for person, how in found.items() if how != "off"}


def _released(found: Sequence[Row[Any]], beforehand: str) -> tuple[list[Row[Any]], int]:
    """The texts that readers see, or will see once the one at work is released; its number."""
    released = [text for text in found if text.state in RELEASED]
    at_work = sorted(
        (text for text in found if beforehand and text.state in OPEN),
        key=lambda text: text.language != beforehand,
    )
    if not at_work:
        return released, 0
    draft = at_work[0]
    return [draft, *(text for text in released if text.language != draft.language)], draft.id


def _said(found: Iterable[Row[Any]], kind: str) -> dict[int, Said]:
    default = notices.default_of(kind)
    said: dict[int, Said] = defaultdict(lambda: Said(default))
    for row in found:
        if row.space_id is not None:
            said[row.user_id].spaces[row.space_id] = row.mail
        elif row.topic_id is not None or row.person_id is not None:
            said[row.user_id].others.append(row.mail)
        else:
            said[row.user_id].of_kind = row.mail
    return said
