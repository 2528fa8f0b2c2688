"""What an item's page and the home page show of must-read items; registered as Jinja globals.

Nothing more is asked of the database for an item that asks nobody: what `reading` tells of every
item's page says so.
"""

from datetime import datetime

from flask import current_app, g, render_template
from markupsafe import Markup

from portal.access import Viewer, current_viewer
from portal.confirming import queries
from portal.confirming.queries import Box
from portal.kernel import clock
from portal.kernel.i18n import _, day_words, long_date, ngettext
from portal.reading.queries import about

PROGRESS = "progress.show"  # the page of who has confirmed


def of(content_id: int) -> Box | None:
    """The item's box for the viewer, asked once a request."""
    if not about(content_id).asks_confirmation:
        return None
    viewer = current_viewer()
    kept: dict[tuple[int | None, int], Box | None] = g.setdefault("must_read", {})
    key = (viewer.user_id, content_id)  # a preview shows the page to somebody else
    if key not in kept:
        kept[key] = queries.box(viewer, content_id)
    return kept[key]


def head(content_id: int) -> Markup:
    """The badge at the head of an item: until when it is to be read."""
    found = of(content_id)
    return Markup(render_template("confirming/_head.html", box=found) if found else "")


def under(content_id: int, revision_id: int, edits: bool = False) -> Markup:
    """The box under the text: the one click, what it records, who sees it.

    revision_id: the text that the page shows. edits: whether the viewer edits the item.
    """
    found, viewer = of(content_id), current_viewer()
    if found is None:
        return Markup("")
    return Markup(
        render_template(
            "confirming/_box.html",
            box=found,
            content_id=content_id,
            revision_id=revision_id,
            edits=edits,
            follows=edits or bool(viewer.headed) or found.by_id == viewer.user_id,
            records=edits or bool(viewer.headed),
            progress=PROGRESS if PROGRESS in current_app.view_functions else "",
        )
    )


def day_of(moment: datetime) -> str:
    """A deadline's day as people say it: «днес», «утре», «27 ноември»."""
    return day_words(clock.local(moment).date())


def long_day(moment: datetime) -> str:
    """The same with its year, where it is decided."""
    return long_date(clock.local(moment).date())


def clock_of(moment: datetime) -> str:
    """The time on the town hall's clock."""
    return f"{clock.local(moment):%H:%M}".removeprefix("0")


def waiting_words(number: int) -> str:
    """How many wait, for the greeting: «Два документа чакат Вашето потвърждение.»"""
    if not number:
        return ""
    words = (
        _("Two"), _("Three"), _("Four"), _("Five"), _("Six"),
        _("Seven"), _("Eight"), _("Nine"), _("Ten"),
    )  # fmt: skip
    told = words[number - 2] if 2 <= number <= 10 else str(number)
    return ngettext(
        "One document waits for your confirmation.",
        "%(number)s documents wait for your confirmation.",
        number,
        number=told,
    )


def waiting(viewer: Viewer) -> dict[str, object]:
    """What the home page shows first: the lines, and the words of the greeting."""
    lines = queries.waiting(viewer)
    open_now = sum(line.confirmed_at is None for line in lines)
    return {"must_read": lines, "must_read_words": waiting_words(open_now)}
