"""The life of a text: drafted, reviewed, released, replaced, expired, trashed.

Every function checks for itself, writes the journal and logs the change, in one transaction.
Kinds call these and add their own fields; they never set a state themselves.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import delete, func, select
from werkzeug.exceptions import Forbidden

from portal import audit
from portal.access import Action, Viewer, require
from portal.content import keeping, kinds, steps
from portal.content.mirroring import mirror
from portal.content.models import (
    OPEN,
    RELEASED,
    Content,
    ContentTopic,
    Decision,
    Life,
    Placement,
    Remark,
    Revision,
    RevisionTopic,
    State,
)
from portal.kernel import clock, text
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces.models import Space

R = TypeVar("R", bound=Revision)


class Said(NamedTuple):
    """A reviewer's word at a passage of a field, which begins with `quote`."""

    field: str
    quote: str
    text: str


@transaction
def start(
    kind: type[R],
    home: Space,
    *,
    by: Viewer,
    language: str,
    title: str,
    summary: str = "",
    source: str | None = None,
    is_shared: bool = False,
    **fields: Any,
) -> R:
    """Begin a new item with its first draft in a space; the viewer owns it.

    is_shared: every contributor of the space writes on it too. Raises Refused at `title` when it
    is empty.
    """
    require(by, Action.CREATE, home)
    user = _person(by)
    content = Content(
        kind=kind.__mapper_args__["polymorphic_identity"],
        home_id=home.id,
        owner_id=user,
        slug=text.slug(title),
        title=_title(title),
        summary=summary,
        source=source,
        is_shared=is_shared,
    )
    content.placements.append(Placement(space_id=home.id, is_home=True, placed_by_id=user))
    db.session.add(content)
    db.session.flush()  # the item's number is in its address and in the lines below
    revision = kind(
        content_id=content.id,
        language=language,
        number=1,
        author_id=user,
        changed_by_id=user,
        title=content.title,
        summary=summary,
        **fields,
    )
    db.session.add(revision)
    db.session.flush()
    audit.record("content.start", "content", content.id, by=by, kind=content.kind)
    audit.changed(content.kind, content.id)
    return revision


@transaction
def draft_of(
    content: Content, language: str, *, by: Viewer, base: Revision | None = None
) -> Revision:
    """The open draft of an item in a language; made from the released text when there is none.

    base: a text of the item in another language, to begin from where this one has none.
    """
    require(by, Action.EDIT, content)
    found = open_revision(content, language)
    return found or drafted(content, language, released_revision(content, language) or base, by)


def print_of(work: Revision | None) -> str:
    """What a page carries of the text at work, to see whether it is still that; "" for none."""
    return f"{work.id}-{work.saves}" if work is not None else ""


def drafted(content: Content, language: str, base: Revision | None, by: Viewer) -> Revision:
    """The next draft of an item, made from another of its texts if there is one.

    For `draft_of` and `replacing`, which have checked.
    """
    last = db.session.scalar(
        select(func.max(Revision.number)).where(
            Revision.content_id == content.id, Revision.language == language
        )
    )
    user = _person(by)
    draft = kinds.of(content.kind).copy(base) if base else kinds.of(content.kind).model()
    draft.content_id = content.id
    draft.language = language
    draft.number = (last or 0) + 1
    draft.author_id = draft.changed_by_id = user
    draft.based_on_id = base.id if base else None
    draft.state = State.DRAFT
    draft.title = base.title if base else content.title
    draft.summary = base.summary if base else ""
    draft.wanted_from, draft.wanted_until = content.visible_from, content.visible_until
    db.session.add(draft)
    db.session.flush()
    if base is not None:
        set_topics(draft, topics_of(base))
        kinds.of(content.kind).copied(base, draft)
    audit.record("content.draft", "content", content.id, by=by, revision=draft.id)
    return draft


@transaction
def save(revision: R, saves: int, *, by: Viewer, title: str, summary: str, **fields: Any) -> R:
    """Save an open draft. `saves` is the count that the form was opened on.

    Raises Stale when somebody saved since; Refused at `title` when it is empty. A returned or
    submitted text becomes a draft again: what a reviewer sees never changes under her eyes.
    """
    require(by, Action.EDIT, revision)
    if revision.saves != saves:
        raise Stale(revision)
    revision.title, revision.summary = _title(title), summary
    for name, value in fields.items():
        setattr(revision, name, value)
    revision.saves += 1
    revision.changed_by_id = _person(by)
    revision.changed_at = clock.now()
    if revision.state == State.IN_REVIEW:  # its reviewers find it no more
        logged("content.withdraw", revision, by)
    revision.state = State.DRAFT
    content = revision.content
    if content.visible_from is None:
        mirror(content, revision)
        content.changed_at = revision.changed_at
        content.slug = text.slug(revision.title)
        audit.changed(content.kind, content.id)
    return revision


@transaction
def submit(revision: Revision, saves: int, *, by: Viewer) -> None:
    """Ask the reviewers of the home for their word."""
    require(by, Action.EDIT, revision)
    _unchanged_since(revision, saves)
    if revision.state == State.IN_REVIEW:
        return
    kinds.of(revision.kind).check(revision)
    revision.state = State.IN_REVIEW
    logged("content.submit", revision, by)
    steps.reached("submitted", revision, by)


@transaction
def withdraw(revision: Revision, *, by: Viewer) -> None:
    """Take a text back from review."""
    require(by, Action.EDIT, revision)
    if revision.state == State.IN_REVIEW:
        revision.state = State.DRAFT
        logged("content.withdraw", revision, by)


@transaction
def return_(
    revision: Revision,
    saves: int,
    *,
    by: Viewer,
    remark: str,
    at: Mapping[str, str] | None = None,
    passages: Iterable[Said] = (),
    via: str = "portal",
) -> None:
    """Send a text back with a remark on the whole, at fields by their keys, or at passages.

    via: portal or mail. Raises Refused at `remark` when there is none at all.
    """
    _may_judge(revision, saves, by)
    said = [*(Said(field, "", words) for field, words in (at or {}).items()), *passages]
    said = [each for each in said if each.text.strip()]
    if not remark.strip() and not said:
        raise Refused("remark", _("Say what should change, so that the author can act on it."))
    decision = _decided(revision, by, "returned", remark.strip(), via)
    for field, quote, words in said:
        db.session.add(
            Remark(decision_id=decision.id, field=field, quote=quote, text=words.strip())
        )
    revision.state = State.RETURNED
    logged("content.return", revision, by, via=via)
    steps.reached("returned", revision, by)


@transaction
def approve(revision: Revision, saves: int, *, by: Viewer, via: str = "portal") -> None:
    """Approve a text and release it as it was asked for: at once, or at its time.

    via: portal or mail. Nobody approves what she wrote or last changed.
    """
    _may_judge(revision, saves, by)
    if _person(by) in (revision.author_id, revision.changed_by_id):
        raise Refused("", _("Somebody else must approve a text that you wrote or last changed."))
    _decided(revision, by, "approved", "", via)
    logged("content.approve", revision, by, via=via)
    put_before_readers(revision, by)
    steps.reached("approved", revision, by)


@transaction
def release(revision: Revision, saves: int, *, by: Viewer) -> None:
    """Put a draft before its readers, at once or from `wanted_from`, where no review is asked.

    Raises Refused when the home requires review; approving releases there.
    """
    require(by, Action.PUBLISH, revision.content)
    _unchanged_since(revision, saves)
    if revision.state in RELEASED:
        return
    if revision.state not in OPEN:
        raise Stale(revision)
    if revision.content.home.review_required:
        raise Refused("", _("Texts of this space are released by approval. Send it for review."))
    kinds.of(revision.kind).check(revision)
    put_before_readers(revision, by)


def put_before_readers(revision: Revision, by: Viewer) -> None:
    """Release a text, whoever asks; for the services that have checked, and for `trying`."""
    content = revision.content
    if content.life == Life.TRASHED:
        raise Forbidden
    now = clock.now()
    first_time = content.visible_from is None or content.visible_from > now
    start = max(revision.wanted_from or now, now) if first_time else content.visible_from
    assert start is not None
    if revision.wanted_until is not None and revision.wanted_until <= max(start, now):
        raise Refused("wanted_until", _("The end must be later than the beginning, and not past."))
    steps.reached("check", revision, by)
    before = released_revision(content, revision.language)
    if before is not None:
        before.state = State.SUPERSEDED
        db.session.flush()  # at most one released text: the old one steps back first
    revision.state = State.SCHEDULED if start > now else State.LIVE
    revision.released_at = now
    content.life = Life.PUBLISHED
    content.visible_from, content.visible_until = start, revision.wanted_until
    content.changed_at = now
    mirror(content, revision)
    # An address tells no earlier title to later readers; old links lead on to the new one.
    content.slug = text.slug(content.title)
    db.session.execute(delete(ContentTopic).where(ContentTopic.content_id == content.id))
    for topic in topics_of(revision):
        db.session.add(ContentTopic(content_id=content.id, topic_id=topic))
    logged("content.release", revision, by)
    kinds.of(content.kind).released(revision, by)
    steps.reached("released", revision, by)


@transaction
def discard(revision: Revision, *, by: Viewer, seen: str | None = None) -> None:
    """Throw an open draft away. A never released item goes to the trash with it instead.

    seen: the `print_of` the draft that the viewer was shown. Raises Stale when somebody saved it
    since; nobody's words go unread.
    """
    require(by, Action.EDIT, revision)
    if seen is not None and seen != print_of(revision):
        raise Stale(revision)
    content = revision.content
    if content.visible_from is None and not _has_other(revision):
        keeping.trash(content, by=by)
        return
    audit.record("content.discard", "content", content.id, by=by, revision=revision.id)
    db.session.delete(revision)
    audit.changed(content.kind, content.id)


def _has_other(revision: Revision) -> bool:
    """Whether the item has a text at work besides this one, in another language."""
    found = select(Revision.id).where(
        Revision.content_id == revision.content_id,
        Revision.id != revision.id,
        Revision.state.in_(OPEN),
    )
    return db.session.scalar(found.limit(1)) is not None


def open_revision(content: Content, language: str) -> Revision | None:
    """The draft, submitted or returned text in a language."""
    return db.session.scalar(
        select(Revision).where(
            Revision.content_id == content.id,
            Revision.language == language,
            Revision.state.in_(OPEN),
        )
    )


def released_revision(content: Content, language: str | None) -> Revision | None:
    """The text that readers see: in the language asked for, else in any, Bulgarian first."""
    found = db.session.scalars(
        select(Revision)
        .where(Revision.content_id == content.id, Revision.state.in_(RELEASED))
        .order_by(Revision.language)
    ).all()
    for revision in found:
        if revision.language == language:
            return revision
    return None


def topics_of(revision: Revision) -> list[int]:
    chosen = select(RevisionTopic.topic_id).where(RevisionTopic.revision_id == revision.id)
    return list(db.session.scalars(chosen))


def set_topics(revision: Revision, topics: list[int]) -> None:
    """Write the topics that a draft asks for; part of saving it."""
    db.session.execute(delete(RevisionTopic).where(RevisionTopic.revision_id == revision.id))
    for topic in dict.fromkeys(topics):
        db.session.add(RevisionTopic(revision_id=revision.id, topic_id=topic))


def _may_judge(revision: Revision, saves: int, by: Viewer) -> None:
    require(by, Action.REVIEW, revision.content)
    _unchanged_since(revision, saves)
    if revision.state != State.IN_REVIEW:
        raise Stale(revision)


def _unchanged_since(revision: Revision, saves: int) -> None:
    if revision.saves != saves:
        raise Stale(revision)


def _decided(revision: Revision, by: Viewer, verdict: str, remark: str, via: str) -> Decision:
    decision = Decision(
        revision_id=revision.id,
        by_id=_person(by),
        verdict=verdict,
        saves=revision.saves,
        remark=remark,
        via=via,
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def _title(title: str) -> str:
    title = text.tidy(title)
    if not title:
        raise Refused("title", _("Give it a title."))
    return title


def _person(by: Viewer) -> int:
    if by.user_id is None:
        raise Forbidden
    return by.user_id


def logged(action: str, revision: Revision, by: Viewer, **facts: str) -> None:
    content = revision.content
    audit.record(action, "content", content.id, by=by, revision=revision.id, **facts)
    audit.changed(content.kind, content.id)
