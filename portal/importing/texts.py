"""A file of text as a draft: title, date, summary, topics and a sanitised body."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from portal.content.models import Content
from portal.importing import dates, frontmatter, markup, titles, webpage
from portal.importing.decoding import Unreadable
from portal.kernel import clock
from portal.kernel.i18n import LANGUAGES, _, ngettext
from portal.kernel.text import plain, tidy

DATE_LINES = 12  # lines at the beginning in which a date is looked for
DATE_AFTER = 5  # lines below the title that still belong to its head


@dataclass
class Draft:
    """What a file gives. `day_from` says where the date comes from: front, text or file."""

    title: str
    body: str
    published_at: datetime  # UTC
    day_from: str
    summary: str = ""
    topics: list[str] = field(default_factory=list)
    language: str = "bg"
    doubts: list[str] = field(default_factory=list)
    left_out: int = 0  # lines of menus and the like


def parse(name: str, text: str, modified: datetime) -> Draft:
    """Read a decoded file. `modified` is the file's own time, UTC.

    Raises Unreadable when there is nothing to read in it.
    """
    front, rest = frontmatter.split(text)
    if not rest.strip() and not front.title:
        raise Unreadable(_("it is empty"))
    suffix = name.rsplit(".", 1)[-1].casefold()
    draft = _READERS.get(suffix, _plain)(name, rest, modified, front.title)
    _front(draft, front)
    if not plain(draft.body):
        raise Unreadable(_("it has a title, but no text"))
    if draft.published_at > clock.now() + timedelta(days=1):
        draft.doubts.append(_("its date lies in the future; the file's time is used"))
        draft.published_at, draft.day_from = modified, "file"
    draft.published_at = min(draft.published_at, clock.now())
    return draft


def _plain(name: str, text: str, modified: datetime, given: str) -> Draft:
    lines = text.split("\n")
    title = _given(lines, given) if given else titles.choose(lines, name)
    found = _date_near(lines, title.line)
    body, left_out = _body_lines(lines, title.line, found)
    return Draft(
        title=title.text,
        body=markup.of_lines(body),
        published_at=_utc(dates.of_line(lines[found])) if found is not None else modified,
        day_from="text" if found is not None else "file",
        doubts=[title.doubt] if title.doubt else [],
        left_out=left_out,
    )


def _given(lines: Sequence[str], title: str) -> titles.Title:
    """A title that the front matter gave; its line only where the text repeats it at its head."""
    first = [place for place, line in enumerate(lines) if line.strip()][:3]
    again = [place for place in first if tidy(lines[place]) == tidy(title)]
    return titles.Title(title, again[0] if again else None)


def _date_near(lines: Sequence[str], title: int | None) -> int | None:
    """The line that dates the text: the first below the title, else the last above it.

    Above stands, in a saved page, the day it was saved.
    """
    first = [place for place, line in enumerate(lines) if line.strip()][:DATE_LINES]
    dated = [place for place in first if dates.of_line(lines[place])]
    if title is None or not dated:
        return dated[0] if dated else None
    below = [place for place in dated if place > title]
    if below and len([p for p in first if title < p <= below[0]]) <= DATE_AFTER:
        return below[0]
    above = [place for place in dated if place < title]
    return above[-1] if above else None


def _body_lines(
    lines: Sequence[str], title: int | None, dated: int | None
) -> tuple[list[str], int]:
    """The lines below the title without its date and the menu at the very end."""
    start = 0 if title is None else title + 1
    body = [line for place, line in enumerate(lines) if place >= start and place != dated]
    left_out = sum(bool(line.strip()) for line in lines[: max(start - 1, 0)])
    end = titles.end_of(body)
    left_out += sum(bool(line.strip()) for line in body[end:])
    body = body[:end]
    if title is not None and len(lines[title].strip()) > Content.TITLE_MAX:
        body.insert(0, lines[title])  # the title was cut out of a paragraph
    return body, left_out


def _markdown(name: str, text: str, modified: datetime, given: str) -> Draft:
    heading, rest = markup.heading_of(text)
    title = titles.Title(given or heading, None)
    if heading and given and tidy(heading) != tidy(given):
        rest = text  # a heading of the text's own
    if not title.text:
        title, rest = _first_line(name, text)
    draft = Draft(
        title=title.text,
        body=markup.of_markdown(rest),
        published_at=modified,
        day_from="file",
        doubts=[title.doubt] if title.doubt else [],
    )
    _date_of_body(draft)
    return draft


def _first_line(name: str, text: str) -> tuple[titles.Title, str]:
    """Markdown without a heading at its head: the title is found as in a plain text."""
    lines = text.split("\n")
    title = titles.choose(lines, name)
    if title.line is None or len(lines[title.line].strip()) > Content.TITLE_MAX:
        return title, text
    words = plain(markup.of_markdown(title.text)) or title.text
    return titles.Title(words, title.line, title.doubt), "\n".join(lines[title.line + 1 :])


def _webpage(name: str, text: str, modified: datetime, given: str) -> Draft:
    page = webpage.read(text)
    doubts = []
    if given:
        title = given
    elif len(page.headings) == 1 or (page.headings and page.headings[0] in page.title):
        title = page.headings[0]
    elif page.title:
        title = re.split(r"\s+[|–—»·-]\s+", page.title)[0]
        doubts.append(_("the page has no heading of its own; its window title is used"))
    else:
        chosen = titles.choose(plain(page.body).split("\n"), name)
        title, doubts = (
            chosen.text,
            [chosen.doubt or _("the page has no heading of its own")],
        )
    if page.pictures:
        doubts.append(
            ngettext(
                "%(n)s picture of the page is left out",
                "%(n)s pictures of the page are left out",
                page.pictures,
            )
        )
    draft = Draft(
        title=tidy(title),
        body=webpage.without_title(page.body, tidy(title)),
        published_at=modified,
        day_from="file",
        summary=tidy(page.summary),
        doubts=doubts,
    )
    if moment := dates.of_value(page.date) if page.date else None:
        draft.published_at, draft.day_from = _utc(moment), "text"
    else:
        _date_of_body(draft)
    return draft


def _date_of_body(draft: Draft) -> None:
    """Date a draft by a line of its own at the beginning, and take that line out."""
    for line in plain(draft.body).split("\n")[:DATE_AFTER]:
        if moment := dates.of_line(line):
            draft.published_at, draft.day_from = _utc(moment), "text"
            draft.body = re.sub(
                rf"<(p|h2|h3|h4)>\s*{re.escape(line)}\s*</\1>\s*",
                "",
                draft.body,
                count=1,
            )
            return


def _front(draft: Draft, front: frontmatter.FrontMatter) -> None:
    """What the front matter says goes before what was found."""
    draft.title = tidy(draft.title)
    if len(draft.title) > Content.TITLE_MAX:
        draft.doubts.append(_("the title was cut to %(n)s characters", n=Content.TITLE_MAX))
        draft.title = draft.title[: Content.TITLE_MAX - 1].rsplit(" ", 1)[0] + "…"
    summary = tidy(front.summary or draft.summary)
    draft.summary = _shortened(summary)
    draft.topics = front.topics
    if front.language:
        draft.language = front.language.casefold()[:2]
        if draft.language not in LANGUAGES:
            raise Unreadable(_("its language is neither bg nor en: %(text)s", text=front.language))
    if front.date not in (None, ""):
        moment = dates.of_value(front.date)
        if moment is None:
            raise Unreadable(_("its date cannot be read: %(text)s", text=front.date))
        draft.published_at, draft.day_from = _utc(moment), "front"


def _shortened(summary: str) -> str:
    if len(summary) <= Content.SUMMARY_MAX:
        return summary
    return summary[: Content.SUMMARY_MAX - 1].rsplit(" ", 1)[0] + "…"


def _utc(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment.astimezone(UTC) if moment.tzinfo else clock.from_local(moment)


_READERS: dict[str, Callable[[str, str, datetime, str], Draft]] = {
    "txt": _plain,
    "md": _markdown,
    "markdown": _markdown,
    "html": _webpage,
    "htm": _webpage,
}
SUFFIXES = frozenset(_READERS)
