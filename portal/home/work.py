"""Texts at work as home pages list them: where each is gone on with, and what is next."""

from typing import Any

from portal.accounts.queries import reader_name
from portal.content import kinds
from portal.content.models import State
from portal.kernel.i18n import _
from portal.kernel.links import link


def url(row: Any, judging: bool = False) -> str:
    """The page where a text at work is gone on with, or judged. row: id, kind, state, language."""
    if row.kind == "document":
        return link("documents.show", address=str(row.id))
    if row.kind == "practice":
        if judging:
            return link("practices.review", content_id=row.id)
        return link("practices.edit", content_id=row.id, language=getattr(row, "language", None))
    room = kinds.of(row.kind).endpoint.partition(".")[0]
    waits = judging or row.state == State.IN_REVIEW
    return link(f"{room}.review" if waits else f"{room}.edit", content_id=row.id)


def next_step(row: Any) -> str:
    """What its author does next, in a line. row: state, remark."""
    if row.state == State.RETURNED:
        return row.remark or _("Read the remarks, change what is needed and send it again.")
    if row.state == State.IN_REVIEW:
        return _("The municipality's editors read it now. You need do nothing.")
    return _("Go on where you stopped and send it for review when it is ready.")


def changed_by(row: Any) -> str:
    """Who changed it last, in the reader's letters."""
    return reader_name(row)
