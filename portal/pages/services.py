"""Writing pages: a draft's own fields and files, then the content's own steps."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from portal import audit
from portal.access import Action, Viewer, require
from portal.content import linking
from portal.content import services as content
from portal.content.models import Content, Revision
from portal.files import services as files
from portal.files.models import Attachment
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.text import file_ids, sanitise, with_files
from portal.kernel.transaction import transaction
from portal.pages import placing, queries
from portal.pages.models import Page, PageRevision
from portal.spaces.models import Space

Then = Literal["", "submit", "release"]


@dataclass
class Text:
    """What an author types. `body` is HTML, sanitised when it is saved."""

    title: str
    body: str = ""
    files: tuple[int, ...] | None = None  # listed under the text; None: those that are there


@transaction
def write(
    space: Space,
    language: str,
    text: Text,
    *,
    by: Viewer,
    under: int | None = None,
    template: int | None = None,
    then: Then = "",
) -> PageRevision:
    """A new page with its first draft, the last one under another page or at the top.

    Every contributor of the space writes on it. template: the page whose text it began with.
    Raises Refused at the field concerned.
    """
    require(by, Action.CREATE, space)
    above = placing.page_of(space.id, under, by)
    draft = content.start(
        PageRevision,
        space,
        by=by,
        language=language,
        title=text.title,
        is_shared=True,
        body=linking.stored(_with_own_pictures(sanitise(text.body), space, template, by), by),
    )
    placing.add(draft.content, above)
    files.tie(draft, draft.body, text.files, by=by)
    _go_on(draft, by, then)
    return draft


def _with_own_pictures(body: str, space: Space, template: int | None, by: Viewer) -> str:
    """The text of a new page with copies of those pictures that the template shows: they go on
    being there when the template is changed or thrown away."""
    if not template or queries.template(by, space.id, template) is None:
        return body
    shown = select(Attachment.file_id).join(Revision, Revision.id == Attachment.revision_id)
    held = set(db.session.scalars(shown.where(Revision.content_id == template)))
    copied = {each: files.carry(each, by=by).id for each in file_ids(body) if each in held}
    return with_files(body, copied)


@transaction
def save(item: Content, seen: str, text: Text, *, by: Viewer, then: Then = "") -> PageRevision:
    """Save the text at work; the first save over a released text begins a new draft.

    seen: the `seal` that the form was opened on. Raises Stale when somebody saved or released
    since, Refused at the field concerned.
    """
    require(by, Action.EDIT, item)
    if seal(item) != seen:
        raise Stale(item)
    draft = content.draft_of(item, current(item).language, by=by)
    assert isinstance(draft, PageRevision)
    body = linking.stored(sanitise(text.body), by)
    content.save(draft, draft.saves, by=by, title=text.title, summary=draft.summary, body=body)
    files.tie(draft, draft.body, text.files, by=by)
    _go_on(draft, by, then)
    return draft


def current(item: Content) -> PageRevision:
    """The text at work, else the one that readers see, else the last."""
    found = db.session.scalars(
        select(PageRevision)
        .where(PageRevision.content_id == item.id)
        .order_by(PageRevision.number.desc())
    ).all()
    if not found:
        raise LookupError(f"page {item.id} has no text")
    work = content.open_revision(item, found[0].language)
    shown: Revision | None = work or content.released_revision(item, found[0].language)
    return shown if isinstance(shown, PageRevision) else found[0]


def seal(item: Content) -> str:
    """What a form carries to see whether somebody saved or released meanwhile."""
    return content.print_of(current(item))


def _go_on(draft: PageRevision, by: Viewer, then: Then) -> None:
    if then == "submit":
        content.submit(draft, draft.saves, by=by)
    elif then == "release":
        content.release(draft, draft.saves, by=by)


@transaction
def mark_template(item: Content, wanted: bool, *, by: Viewer) -> None:
    """Offer the text of a page to whoever begins a new one in its space, or no more."""
    require(by, Action.EDIT, item)
    page = db.session.get(Page, item.id)
    if page is None:
        raise Refused("", _("This is no page of a space."))
    if page.is_template != wanted:
        page.is_template = wanted
        audit.record("page.template", "content", item.id, by=by, wanted=wanted)
