"""Making a news item or a document from a text of a space, and taking its newer text over.

What is made is a draft of its own kind, made by that kind's own services: it is reviewed, released
and previewed as any other.
"""

import io
from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from portal import audit
from portal.access import Action, Viewer, require
from portal.content import kinds, linking
from portal.content import services as content
from portal.content.kinds import Given
from portal.content.models import RELEASED, Content, Revision
from portal.files import services as files
from portal.files.services import Taken
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.text import file_ids, with_files
from portal.kernel.transaction import transaction
from portal.publishing import paper
from portal.publishing.models import Derivation
from portal.spaces.models import Space

PAPER = 0  # in place of a file's number: the text itself as a PDF
Form = Literal["news", "document"]


def given_by(text: Revision) -> Given | None:
    return kinds.of(text.kind).gives(text)


def source_text(item: Content, language: str) -> Revision:
    """What readers see of an item that others are made from, best in a language. Raises Refused
    when they see nothing."""
    for tongue in (language, "bg", "en"):
        if (text := content.released_revision(item, tongue)) is not None:
            return text
    raise Refused("", _("Publish the text in its own space first: what is made keeps its version."))


def publish(
    item: Content, space: Space, form: Form, *, by: Viewer, language: str, file_id: int = PAPER
) -> Revision:
    """A draft in a space, made from the released text of an item on which the viewer writes.

    file_id: which file of the text the document is; PAPER: the text as a PDF. Raises Refused at
    the field concerned.
    """
    require(by, Action.EDIT, item)
    require(by, Action.CREATE, space)
    if not kinds.of(form).is_made_from_others:
        raise Refused("form", _("Choose one of the list."))
    text = source_text(item, language)
    taken = _drawn(text, [space.id], form, file_id, by)
    return _publish(item, space, form, text.id, file_id, taken, by)


@transaction
def _publish(
    item: Content,
    space: Space,
    form: Form,
    text_id: int,
    file_id: int,
    taken: Taken | None,
    by: Viewer,
) -> Revision:
    require(by, Action.EDIT, item)
    require(by, Action.CREATE, space)
    text = _still_there(text_id)
    made = kinds.of(form).takes(space, _for([space.id], text, form, file_id, taken, by), by=by)
    _tie(made, text, by)
    audit.record("content.publish_from", "content", made.content_id, by=by, source=item.id)
    return made


def take_over(item: Content, seen: str, *, by: Viewer) -> Revision:
    """A draft over an item with what its source says now.

    seen: the `print_of` its text at work that the viewer was shown. Raises Stale when that is
    another one by now, Refused when there is nothing to take.
    """
    require(by, Action.EDIT, item)
    last = latest(item.id)
    source = db.session.get(Content, last.source_id or 0) if last else None
    if last is None or source is None:
        raise Refused("", _("The source is not there any more."))
    require(by, Action.READ, source)
    before = db.session.get(Revision, last.source_revision_id or 0)
    text = source_text(source, before.language if before else "bg")
    if text.id == last.source_revision_id:
        raise Refused("", _("This text is taken over already."))
    file_id = _same_file(before, text)
    taken = _drawn(text, _spaces_of(item), item.kind, file_id, by)
    return _take_over(item, seen, text.id, file_id, taken, by)


@transaction
def _take_over(
    item: Content, seen: str, text_id: int, file_id: int, taken: Taken | None, by: Viewer
) -> Revision:
    require(by, Action.EDIT, item)
    if content.print_of(at_work(item)) != seen:
        raise Stale(item)
    text = _still_there(text_id)
    require(by, Action.READ, text.content)
    given = _for(_spaces_of(item), text, item.kind, file_id, taken, by)
    made = kinds.of(item.kind).takes_again(item, given, by=by)
    _tie(made, text, by)
    audit.record("content.take_over", "content", item.id, by=by, source=text.content_id)
    return made


def at_work(item: Content) -> Revision | None:
    """The open text of an item, in the language of what was made last."""
    last = latest(item.id)
    made = db.session.get(Revision, last.revision_id) if last is not None else None
    return content.open_revision(item, made.language) if made is not None else None


def _still_there(text_id: int) -> Revision:
    """A text that was released when it was looked at. Raises Stale when it is not any more."""
    text = db.session.get(Revision, text_id)
    if text is None or text.state not in RELEASED:
        raise Stale(text)
    return text


def latest(content_id: int) -> Derivation | None:
    """What an item was made from last."""
    return (
        db.session.query(Derivation)
        .filter_by(content_id=content_id)
        .order_by(Derivation.revision_id.desc())
        .first()
    )


def _same_file(before: Revision | None, text: Revision) -> int:
    """Which file a document takes anew: the only one that both texts have, else the text."""
    was = set(files.listed_of(before)) if before is not None else set()
    kept = [each for each in files.listed_of(text) if each in was]
    return kept[0] if len(kept) == 1 and len(was) == 1 else PAPER


def _spaces_of(item: Content) -> list[int]:
    """Where an item is read already: a title that stands in it is told to all of them."""
    return [place.space_id for place in item.placements]


def _given(text: Revision, spaces: Collection[int]) -> Given:
    """What a text gives to the readers of spaces: no link tells them of what they may not read."""
    given = given_by(text)
    if given is None:
        raise Refused("", _("Nothing can be made from this kind of text."))
    return replace(given, html=linking.for_readers_of(spaces, given.html))


def _drawn(
    text: Revision, spaces: Collection[int], form: str, file_id: int, by: Viewer
) -> Taken | None:
    """The bytes of the text as a PDF, stored before the transaction that makes a document of it;
    None where no such is made."""
    given = _given(text, spaces)
    if form != "document" or given.file is not None or file_id != PAPER:
        return None
    name = f"{files.clean_name(given.title)[:120]}.pdf"
    return files.take(io.BytesIO(paper.draw(given)), name, by=by)


def _for(
    spaces: Collection[int],
    text: Revision,
    form: str,
    file_id: int,
    taken: Taken | None,
    by: Viewer,
) -> Given:
    """What is given, with files that are the viewer's own uploads."""
    given = _given(text, spaces)
    if form == "document":
        file = _file_of(given, file_id, taken, by)
        return replace(given, file=file, html="", files=(), cover=None)
    own = {old: files.carry(old, by=by).id for old in _held(given)}
    return replace(
        given,
        html=with_files(given.html, own),
        files=tuple(own[each] for each in given.files),
        cover=own.get(given.cover or 0),
        file=own.get(given.file or 0),
    )


def _held(given: Given) -> list[int]:
    every = [*file_ids(given.html), *given.files, given.cover, given.file]
    return list(dict.fromkeys(each for each in every if each))


def _file_of(given: Given, file_id: int, taken: Taken | None, by: Viewer) -> int:
    """The file that the document is."""
    if given.file is not None:
        return files.carry(given.file, by=by).id
    if taken is not None:
        return files.enter(taken, by=by).id
    if file_id not in given.files:
        raise Refused("file", _("Choose one of the list."))
    return files.carry(file_id, by=by).id


def _tie(made: Revision, text: Revision, by: Viewer) -> None:
    assert by.user_id is not None
    assert text.state in RELEASED
    db.session.add(
        Derivation(
            revision_id=made.id,
            content_id=made.content_id,
            source_id=text.content_id,
            source_revision_id=text.id,
            made_by_id=by.user_id,
        )
    )
    db.session.flush()
