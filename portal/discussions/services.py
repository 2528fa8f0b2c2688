"""Beginning a topic and changing its text; the content's own steps put it before its readers."""

from dataclasses import dataclass

from portal.access import Action, Viewer, may, require
from portal.content import linking
from portal.content import services as content
from portal.content.models import OPEN, Content
from portal.discussions.kind import check_text
from portal.discussions.models import DiscussionFollow, DiscussionRevision
from portal.files import services as files
from portal.kernel.database import db
from portal.kernel.errors import Stale
from portal.kernel.text import sanitise
from portal.kernel.transaction import transaction
from portal.spaces.models import Space


@dataclass
class Text:
    """What somebody types. `body` is HTML, sanitised when it is saved."""

    title: str
    body: str = ""
    files: tuple[int, ...] = ()  # listed under the text


@transaction
def begin(space: Space, language: str, text: Text, *, by: Viewer) -> DiscussionRevision:
    """A new topic: before its readers at once, or sent for review where the space asks for that.

    Raises Refused at the field concerned.
    """
    body = linking.stored(sanitise(text.body), by)
    check_text(body)
    draft = content.start(
        DiscussionRevision,
        space,
        by=by,
        language=language,
        title=text.title,
        body=body,
    )
    files.tie(draft, body, text.files, by=by)
    _go_on(draft, by)
    return draft


@transaction
def change(item: Content, seen: str, text: Text, *, by: Viewer) -> DiscussionRevision:
    """Change the text of a topic. seen: `stamp` of the one that the form was opened on.

    Raises Stale when somebody saved since, Refused at the field concerned.
    """
    require(by, Action.EDIT, item)
    now = current(item)
    if content.print_of(now) != seen:
        raise Stale(now)
    body = linking.stored(sanitise(text.body), by)
    check_text(body)
    draft = content.draft_of(item, now.language, by=by)
    assert isinstance(draft, DiscussionRevision)
    content.save(draft, draft.saves, by=by, title=text.title, summary="", body=body)
    files.tie(draft, body, text.files, by=by)
    _go_on(draft, by)
    return draft


def _go_on(draft: DiscussionRevision, by: Viewer) -> None:
    item = draft.content
    db.session.flush()
    if may(by, Action.PUBLISH, item) and not item.home.review_required:
        content.release(draft, draft.saves, by=by)
    else:
        content.submit(draft, draft.saves, by=by)


def stamp(item: Content) -> str:
    """What a form carries to see whether somebody changed the topic meanwhile."""
    return content.print_of(current(item))


def current(item: Content) -> DiscussionRevision:
    """The text at work, else the one that readers see."""
    for language in ("bg", "en"):
        for finder in (content.open_revision, content.released_revision):
            found = finder(item, language)
            if isinstance(found, DiscussionRevision):
                return found
    raise LookupError(f"topic {item.id} has no text")


def is_waiting(text: DiscussionRevision) -> bool:
    """Whether a text is not before its readers yet."""
    return text.state in OPEN


@transaction
def follow(item: Content, on: bool, *, by: Viewer) -> None:
    """Ask to be told of each reply, or of none. In no journal: it is nobody else's business."""
    require(by, Action.READ, item)
    db.session.merge(DiscussionFollow(content_id=item.id, user_id=by.user_id, is_on=on))
