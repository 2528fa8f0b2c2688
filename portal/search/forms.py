"""What the address of a search says: a GET form without CSRF, forgiving to what is typed."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from werkzeug.datastructures import MultiDict

from portal.kernel import clock
from portal.kernel.i18n import _
from portal.kernel.text import shown
from portal.search import registry
from portal.search.finding import PERIODS, Asked, begin_of_periods
from portal.search.language import QUESTION_MAX

PAGE = 20
PAGES_MAX = 500
TAG_MAX = 200  # characters
CHOICES_MAX = 50  # kinds or spaces in one address


@dataclass
class SearchForm:
    """The question and its filters as typed; `errors` are shown at the fields concerned."""

    words: str
    kinds: list[str] = field(default_factory=list)
    spaces: list[int] = field(default_factory=list)
    organisations: list[int] = field(default_factory=list)
    authors: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    period: str = ""
    since: str = ""
    until: str = ""
    newest_first: bool = False
    page: int = 1
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> "SearchForm":
        """From the address. What cannot be meant is passed over, never an error page."""
        period = args.get("period", "")
        return cls(
            words=" ".join(shown(args.get("q", "")).split()),
            kinds=[kind for kind in args.getlist("kind")[:CHOICES_MAX] if registry.source(kind)],
            spaces=_numbers(args.getlist("space")),
            organisations=_numbers(args.getlist("organisation")),
            authors=_numbers(args.getlist("author")),
            tags=[shown(tag)[:TAG_MAX] for tag in args.getlist("tag")[:CHOICES_MAX]],
            years=_numbers(args.getlist("year")),
            period=period if period in PERIODS else "",
            since=shown(args.get("from", "")).strip()[:20],
            until=shown(args.get("to", "")).strip()[:20],
            newest_first=args.get("sort") == "date",
            page=min(int(page), PAGES_MAX) if is_number(page := args.get("page", "1")) else 1,
        )

    @property
    def is_clipped(self) -> bool:
        """Whether the question is longer than what is looked for."""
        return len(self.words) > QUESTION_MAX

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is chosen beside the words."""
        chosen = (self.kinds, self.spaces, self.organisations, self.authors, self.tags, self.years)
        return any(chosen) or bool(self.period or self.since or self.until)

    def asked(self) -> Asked:
        """The question for the engine. Notes errors of the dates and then leaves them out."""
        since, until = self._moment("since"), self._moment("until")
        if since and until and since > until:
            self.errors["until"] = _("The last day lies before the first one.")
            since = until = None
        if self.period:
            since, until = begin_of_periods()[self.period], None
        elif until:
            until = until + timedelta(days=1)
        return Asked(
            self.words[:QUESTION_MAX],
            frozenset(self.kinds),
            frozenset(self.spaces),
            frozenset(self.organisations),
            frozenset(self.authors),
            frozenset(self.tags),
            frozenset(self.years),
            since,
            until,
            self.newest_first,
            (max(self.page, 1) - 1) * PAGE,
            PAGE,
        )

    def _moment(self, name: str) -> datetime | None:
        typed = getattr(self, name)
        if not typed:
            return None
        try:
            day = date.fromisoformat(typed)
            return clock.from_local(datetime.combine(day, time.min))
        except (ValueError, OverflowError):
            self.errors[name] = _("Write a date as 2026-11-21.")
            return None

    def address(self, **changes: object) -> dict[str, object]:
        """The values of the address of this search, some of them changed; for links."""
        values: dict[str, object] = {
            "q": self.words,
            "kind": self.kinds,
            "space": self.spaces,
            "organisation": self.organisations,
            "author": self.authors,
            "tag": self.tags,
            "year": self.years,
            "period": self.period,
            "from": self.since if not self.period else "",
            "to": self.until if not self.period else "",
            "sort": "date" if self.newest_first else "",
        }
        return {**values, **changes}


def _numbers(typed: list[str]) -> list[int]:
    return [int(each) for each in typed[:CHOICES_MAX] if is_number(each)]


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
