"""The synonyms that the administrator keeps: the list, its changes, and what questions use."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Viewer
from portal.access.site import bump, site
from portal.kernel.database import db, rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.search.language import Synonyms, terms
from portal.search.language.synonyms import Entry
from portal.search.models import Synonym

_LIST = select(Synonym.id, Synonym.asked, Synonym.meant, Synonym.is_two_way).order_by(
    Synonym.asked, Synonym.meant
)


def listed() -> Sequence[Row[Any]]:
    """Every entry: id, asked, meant, is_two_way."""
    return rows(_LIST)


def known() -> Synonyms:
    """The list as questions use it. No statement until the site's version grows."""
    version = site().version
    kept: tuple[int, Synonyms] | None = current_app.extensions.get("synonyms")
    if kept is None or kept[0] != version:
        entries = Synonyms(Entry(row.asked, row.meant, row.is_two_way) for row in listed())
        kept = current_app.extensions["synonyms"] = (version, entries)
    return kept[1]


@transaction
def add(*, by: Viewer, asked: str, meant: str, is_two_way: bool) -> None:
    """A new entry; it holds from the next question on. Raises Refused at the field concerned."""
    _administrators(by)
    one, other = terms(asked), terms(meant)
    if not one:
        raise Refused("asked", _("Write at least one word."))
    if not other:
        raise Refused("meant", _("Write at least one word."))
    if list(one) == list(other):
        raise Refused("meant", _("Search takes these for the same words already."))
    pairs = {(row.asked.casefold(), row.meant.casefold()) for row in listed()}
    if (asked.casefold(), meant.casefold()) in pairs:
        raise Refused("meant", _("This stands in the list already."))
    if len(pairs) >= Synonym.MOST:
        raise Refused("asked", _("The list is full. Remove what nobody needs any more."))
    entry = Synonym(asked=asked, meant=meant, is_two_way=is_two_way)
    db.session.add(entry)
    try:
        db.session.flush()
    except IntegrityError as error:  # another administrator added it in the meantime
        raise Refused("meant", _("This stands in the list already.")) from error
    audit.record("synonym.add", "synonym", entry.id, by=by)
    bump()


@transaction
def remove(ident: int, *, by: Viewer) -> None:
    _administrators(by)
    entry = db.session.get(Synonym, ident)
    if entry is None:
        raise NotFound
    db.session.delete(entry)
    audit.record("synonym.remove", "synonym", ident, by=by)
    bump()


def _administrators(by: Viewer) -> None:
    if not by.is_admin:
        raise NotFound
