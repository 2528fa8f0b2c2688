"""The words of the strip on every page that is seen with another person's eyes."""

from typing import NamedTuple

from flask import session

from portal.access import Viewer
from portal.kernel import clock
from portal.kernel.i18n import DEFAULT, LANGUAGES, _, speaking


class Words(NamedTuple):
    language: str
    label: str
    who: str
    until: str
    stop: str


def words(viewer: Viewer) -> Words:
    """Who sees as whom, in the language of her who looks: the page is in the other person's."""
    own = viewer.real
    language = session.get("language") or own.language or DEFAULT
    language = language if language in LANGUAGES else DEFAULT
    with speaking(language):
        until = f"{clock.local(viewer.seen_until):%H:%M}" if viewer.seen_until else ""
        return Words(
            language=language,
            label=_("Seeing as another person"),
            who=_("%(editor)s sees as %(person)s.", editor=own.name, person=viewer.name),
            until=_("Only to look, until %(time)s.", time=until),
            stop=_("Stop"),
        )
