"""Who may read and change content: one rule in three forms.

- Readers of any space where it is placed read what is published, between its two times.
- The home's editors read all of it always and change it; contributors their own, and what is
  shared among the home's contributors.
- Contributors put the texts of some kinds before their readers, see `Kind.contributors_release`:
  only at home, where no review is asked.
- Reviewers of the home (its named group, else its editors) read what is in review.
- What lies in the trash is read by nobody; the home's editors may restore it.

A kind may narrow this with `narrow()`, never widen it.
"""

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import object_session

from portal.access import Action, Role, Viewer, register
from portal.content import kinds
from portal.content.models import OPEN, Content, Life, Placement, Revision, State
from portal.kernel import clock
from portal.kernel.database import UtcDateTime, db
from portal.spaces.guests import tell_by_old_link

_now = bindparam("now", type_=UtcDateTime())


def visible_now() -> ColumnElement[bool]:
    """SQL: published or archived, and between the two times at `:now`."""
    return and_(
        Content.life.in_((Life.PUBLISHED, Life.ARCHIVED)),
        Content.visible_from <= _now,
        or_(Content.visible_until.is_(None), Content.visible_until > _now),
    )


def _missed(viewer: Viewer, item: Content) -> None:
    since = item.visible_from
    if since is not None and item.life in (Life.PUBLISHED, Life.ARCHIVED):
        places = ((each.space_id, max(since, each.placed_at)) for each in item.placements)
        tell_by_old_link(viewer, places)


class ContentPolicy:
    """The one policy of every kind of content."""

    def allows(self, viewer: Viewer, action: Action, item: Content) -> bool:
        if not viewer.is_authenticated:
            return False
        if item.life == Life.TRASHED:
            return action is Action.RESTORE and self._edits(viewer, item)
        match action:
            case Action.READ:
                return self._insider(viewer, item) or (
                    item.is_visible(clock.now()) and self._reads_a_place(viewer, item)
                )
            case Action.EDIT:
                return self._edits(viewer, item) or self._owns(viewer, item)
            case Action.REVIEW:
                return self._reviews(viewer, item)
            case Action.TRASH:
                unpublished = item.life == Life.UNPUBLISHED
                return self._edits(viewer, item) or (unpublished and self._owns(viewer, item))
            case Action.PUBLISH:
                return self._edits(viewer, item) or self._publishes(viewer, item)
            case Action.RELEASE | Action.PLACE | Action.PIN:
                return self._edits(viewer, item)
        return False

    def _edits(self, viewer: Viewer, item: Content) -> bool:
        return viewer.role_in(item.home_id) >= Role.EDITOR

    def _owns(self, viewer: Viewer, item: Content) -> bool:
        contributes = viewer.role_in(item.home_id) >= Role.CONTRIBUTOR
        return contributes and (item.is_shared or item.owner_id == viewer.user_id)

    def _publishes(self, viewer: Viewer, item: Content) -> bool:
        """A contributor, where the kind says so. What an editor has placed in a further space is
        read by people for whom a contributor does not answer, so its editors release that."""
        return (
            kinds.of(item.kind).contributors_release
            and self._owns(viewer, item)
            and not item.home.review_required
            and all(place.space_id == item.home_id for place in item.placements)
        )

    def _reviews(self, viewer: Viewer, item: Content) -> bool:
        if not _is_in_review(item):
            return False
        if item.home.reviewers_id is None:
            return self._edits(viewer, item)
        return item.home_id in viewer.reviews

    def _insider(self, viewer: Viewer, item: Content) -> bool:
        return (
            self._edits(viewer, item)
            or self._owns(viewer, item)
            or (item.home_id in viewer.reviews and _is_in_review(item))
        )

    def _reads_a_place(self, viewer: Viewer, item: Content) -> bool:
        return any(viewer.role_in(place.space_id) for place in item.placements)

    # The list's form. Only bound names, so that statements are built once, at import.
    insider: ColumnElement[bool] = or_(
        Content.home_id.in_(bindparam("edits", expanding=True)),
        and_(
            or_(Content.owner_id == bindparam("viewer_id"), Content.is_shared),
            Content.home_id.in_(bindparam("contributes", expanding=True)),
        ),
        and_(
            Content.home_id.in_(bindparam("reviews", expanding=True)),
            exists()
            .where(Revision.content_id == Content.id, Revision.state == State.IN_REVIEW)
            .correlate(Content),
        ),
    )
    placed: ColumnElement[bool] = exists(
        select(Placement.space_id)
        .where(
            Placement.content_id == Content.id,
            Placement.space_id.in_(bindparam("reads", expanding=True)),
        )
        .correlate(Content)
    )
    readable: ColumnElement[bool] = and_(
        Content.life != Life.TRASHED, or_(and_(visible_now(), placed), insider)
    )
    # The same for a list that begins with the placements of a space: a row of them in a space that
    # she reads is the proof, so none is looked for again.
    readable_there: ColumnElement[bool] = and_(
        Placement.space_id.in_(bindparam("reads", expanding=True)),
        Content.life != Life.TRASHED,
        or_(visible_now(), insider),
    )
    # What readers see in lists and feeds: published and placed for them, nothing unfinished.
    listed: ColumnElement[bool] = and_(visible_now(), Content.life == Life.PUBLISHED, placed)

    def audience(self, item: Content) -> frozenset[str]:
        """`members:` tokens hold only between the two times, which the index stores too."""
        if item.life == Life.TRASHED:
            return frozenset()
        tokens = {f"editors:{item.home_id}", f"own:{item.home_id}:{item.owner_id}"}
        if item.is_shared:
            tokens.add(f"contributors:{item.home_id}")
        if _is_in_review(item):
            tokens.add(f"reviewers:{item.home_id}")
        if item.life in (Life.PUBLISHED, Life.ARCHIVED):
            tokens |= {f"members:{place.space_id}" for place in item.placements}
        return frozenset(tokens)


def _is_in_review(item: Content) -> bool:
    session = object_session(item) or db.session
    found = session.scalar(
        select(Revision.id).where(Revision.content_id == item.id, Revision.state == State.IN_REVIEW)
    )
    return found is not None


class RevisionPolicy:
    """A text is read by whoever reads its item, when released; else by the home's insiders."""

    def allows(self, viewer: Viewer, action: Action, item: Revision) -> bool:
        content = item.content
        if action is Action.READ:
            if item.state in (State.LIVE, State.SCHEDULED):
                return policy.allows(viewer, Action.READ, content)
            return policy.allows(viewer, Action.EDIT, content) or (
                item.state == State.IN_REVIEW and policy.allows(viewer, Action.REVIEW, content)
            )
        if action is Action.EDIT and item.state not in OPEN:
            return False
        return policy.allows(viewer, action, content)

    readable: ColumnElement[bool] = or_(
        and_(Revision.state.in_((State.LIVE, State.SCHEDULED)), ContentPolicy.readable),
        and_(Content.life != Life.TRASHED, ContentPolicy.insider),
    )

    # The same for a list of open texts alone, without asking for each whether one is in review:
    # who is named to review reads the text that waits for her, and no other one of its item. The
    # sum keeps SQLite from beginning with all items of the viewer's spaces: open texts are few.
    _home = Content.home_id + 0
    at_work: ColumnElement[bool] = and_(
        Content.life != Life.TRASHED,
        or_(
            _home.in_(bindparam("edits", expanding=True)),
            and_(
                or_(Content.owner_id == bindparam("viewer_id"), Content.is_shared),
                _home.in_(bindparam("contributes", expanding=True)),
            ),
            and_(
                _home.in_(bindparam("reviews", expanding=True)),
                Revision.state == State.IN_REVIEW,
            ),
        ),
    )

    def audience(self, item: Revision) -> frozenset[str]:
        return policy.audience(item.content)


policy = ContentPolicy()
register(Content, policy, _missed)
register(Revision, RevisionPolicy())
