"""What the sheet of an item for the notice board says: what its page shows, asked of the policy."""

from pathlib import Path
from typing import Any

from sqlalchemy import Row, bindparam, select
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, may
from portal.confirming import asking, box
from portal.content import kinds
from portal.content.models import RELEASED, Content, Life, Revision
from portal.files import store
from portal.files.models import Attachment, File
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.i18n import _, language, long_date, ngettext, speaking
from portal.kernel.links import absolute
from portal.placing import sheet

_FILES = (
    select(File.id, File.sha256, Attachment.role)
    .join(Attachment, Attachment.file_id == File.id)
    .where(Attachment.revision_id == bindparam("revision_id"))
)


def draw(content: Content, viewer: Viewer) -> tuple[str, bytes]:
    """The name and the bytes of the PDF, of an item that the viewer may read.

    Raises NotFound where nothing is released, or the kind has no sheet.
    """
    kind = kinds.of(content.kind)
    is_out = content.life in (Life.PUBLISHED, Life.ARCHIVED)
    if kind.board is None or not is_out or content.visible_from is None:
        raise NotFound
    text = _text(content)
    with speaking(text.language):
        drawn = sheet.draw(_notice(content, text, kind, viewer))
        return _("Notice: %(title)s", title=text.title).replace(":", " –") + ".pdf", drawn


def _text(content: Content) -> Revision:
    """The text that readers see: in the language of the reader, else in Bulgarian."""
    found = db.session.scalars(
        select(Revision).where(Revision.content_id == content.id, Revision.state.in_(RELEASED))
    ).all()
    if not found:
        raise NotFound
    order = (language(), "bg")
    return min(found, key=lambda t: order.index(t.language) if t.language in order else len(order))


def _notice(content: Content, text: Revision, kind: kinds.Kind, viewer: Viewer) -> sheet.Notice:
    assert content.visible_from is not None  # asked before
    files = rows(_FILES, {"revision_id": text.id})
    paths = {file.id: store.path_of(file.sha256) for file in files if file.role != "listed"}
    cover = kind.cover(text)

    def picture(file_id: int) -> Path | None:
        path = paths.get(file_id)
        return path if path is not None and path.is_file() else None

    return sheet.Notice(
        title=text.title,
        summary=text.summary,
        html=kind.body(text),
        facts=[
            (each.label, each.text)
            for each in kind.words(text)
            if each.key in (kind.board or ()) and each.text
        ],
        language=text.language,
        url=absolute(kind.endpoint, address=content.address),
        out_since=content.visible_from,
        day=clock.local(content.visible_from).date(),
        deadline=_deadline(content, viewer),
        rest=_rest(files),
        cover=picture(cover) if cover is not None else None,
        picture=picture,
    )


def _deadline(content: Content, viewer: Viewer) -> str:
    """Until when it must be read, for those whom it is asked of and who see to it."""
    asked = asking.open_of(content.id) if content.asks_confirmation else None
    if asked is None or asked.deadline is None or asked.deadline < clock.now():
        return ""
    held = box.of(content.id)
    is_asked = held is not None and held.is_asked
    if not (is_asked or viewer.headed or may(viewer, Action.RELEASE, content)):
        return ""
    return _("To be read by %(day)s", day=long_date(clock.local(asked.deadline).date()))


def _rest(files: list[Row[Any]] | Any) -> str:
    number = sum(file.role in ("listed", "file") for file in files)
    if not number:
        return ""
    return ngettext("The file is in the portal.", "The files are in the portal.", number)
