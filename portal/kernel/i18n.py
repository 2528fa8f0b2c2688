"""Interface text: gettext with English sources and a complete Bulgarian catalogue.

Each area of the code owns a fragment, `translations/bg/<area>.po`; they are merged when the
program starts. `python -m scripts.messages` extracts and updates them.
"""

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request, session
from markupsafe import Markup

from portal.kernel import clock

FOLDER = Path(__file__).resolve().parent.parent / "translations"
LANGUAGES = ("bg", "en")
DEFAULT = "bg"
_here = g._get_current_object  # noqa: SLF001  past the proxy
_forced: ContextVar[str | None] = ContextVar("language", default=None)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The merged catalogue of a language; English is the source and needs none."""
    if language == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, _merged(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _texts(language: str) -> dict[str, str]:
    """What has one form: a page asks for some fifty, each in half of gettext's time."""
    if language == "en":
        return {}
    merged = _merged(language)
    pairs = ((each.id, each.string) for each in merged if each.id)
    return {
        said: shown for said, shown in pairs if isinstance(said, str) and isinstance(shown, str)
    }


@cache
def _merged(language: str) -> Catalog:
    merged = Catalog(locale=language)
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=language):
                if message.id and message.string and not message.fuzzy:
                    merged[message.id] = message
    return merged


def language() -> str:
    """The reader's language: forced, chosen in the profile or session, else Bulgarian."""
    if forced := _forced.get():
        return forced
    try:
        # Asked a hundred times a page: found once, read past the proxy at a fifth of its price.
        kept: str = _here().language
    except (AttributeError, RuntimeError):
        if not has_request_context():
            return DEFAULT
        kept = g.language = _requested()
    return kept


def language_key() -> str:
    """Under which name the session keeps the language chosen: looking with another's eyes begins
    in her language, not in one's own."""
    return "seen_language" if getattr(g.get("viewer"), "seen_by", None) else "language"


def _requested() -> str:
    key = language_key()
    chosen = session.get(key)
    if chosen in LANGUAGES:
        return str(chosen)
    viewer = g.get("viewer")
    if viewer is not None and viewer.language in LANGUAGES:
        return str(viewer.language)
    if key != "language":  # what her own browser asks for is not known here
        return DEFAULT
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak a language for a while, as mails to somebody else do."""
    token = _forced.set(chosen if chosen in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _forced.reset(token)


def gettext_(message: str, **values: Any) -> str:
    text = _texts(language()).get(message, message)
    return _filled(text, values) if values else text


def ngettext(singular: str, plural: str, n: int, **values: Any) -> str:
    """The form for n things; the text may use %(n)s."""
    text = catalogue(language()).ngettext(singular, plural, n)
    return _filled(text, {"n": n, **values})


def _filled(text: str, values: dict[str, Any]) -> str:
    """With its values; a sentence that a year ends («2026 г.») has one full stop, not two."""
    for name, value in values.items():
        if isinstance(value, str) and value.endswith("г."):
            text = text.replace(f"%({name})s.", f"%({name})s")
    return text % values


_ = gettext_


class Lazy:
    """A text translated each time it is shown; for form labels made at import."""

    __slots__ = ("message", "values")

    def __init__(self, message: str, values: dict[str, Any]) -> None:
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return gettext_(self.message, **self.values)

    def __html__(self) -> str:
        return str(Markup.escape(str(self)))

    def __mod__(self, other: Any) -> str:
        return str(str(self) % other)

    def __len__(self) -> int:
        return len(str(self))

    def __eq__(self, other: object) -> bool:
        return str(self) == other

    def __hash__(self) -> int:
        return hash(self.message)


def _l(message: str, **values: Any) -> Any:
    return Lazy(message, values)


MONTHS = {
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "en": "January February March April May June July August September October November December",
}
DAYS = {
    "bg": "понеделник вторник сряда четвъртък петък събота неделя",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}


def month_name(month: int) -> str:
    return MONTHS[language()].split()[month - 1]


def day_words(day: date) -> str:
    """A day as a person says it: today, yesterday, a weekday of this week, else the date."""
    today = clock.today()
    if day == today:
        return _("today")
    if day == today - timedelta(days=1):
        return _("yesterday")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    if timedelta(0) < today - day < timedelta(days=6):
        return DAYS[language()].split()[day.weekday()]
    return long_date(day) if day.year != today.year else f"{day.day} {month_name(day.month)}"


def long_date(day: date) -> str:
    suffix = " г." if language() == "bg" else ""
    return f"{day.day} {month_name(day.month)} {day.year}{suffix}"


def exact(moment: datetime) -> str:
    """A moment in full, to the minute: what says it may be read on another day, when «today»
    would be wrong. One without a zone is on the town hall's clock already."""
    here = clock.local(moment) if moment.tzinfo else moment
    return f"{long_date(here.date())}, {here:%H:%M}"


def when(moment: datetime | None, with_time: bool = True) -> Markup:
    """A moment in words, exact in the tooltip: «днес, 14:20»."""
    if moment is None:
        return Markup("")
    return _when(moment, with_time, clock.today(), language())


@lru_cache(maxsize=8_192)
def _when(moment: datetime, with_time: bool, today: date, _language: str) -> Markup:
    """Kept, since lists show the same moments again and again; one costs as much as a statement."""
    here = clock.local(moment)
    words = day_words(here.date())
    near = abs((today - here.date()).days) < 6
    if with_time and near:
        words = f"{words}, {here:%H:%M}".replace(", 0", ", ")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        here.isoformat(timespec="minutes"), exact(here), words
    )


def greeting_day() -> str:
    """Today as the home page says it: петък, 20 ноември."""
    today = clock.today()
    return f"{DAYS[language()].split()[today.weekday()]}, {today.day} {month_name(today.month)}"


def install(app: Flask) -> None:
    """Give templates the words: `_`, `ngettext`, `when`, `day`."""
    app.jinja_env.globals.update(
        _=gettext_,
        gettext=gettext_,
        ngettext=ngettext,
        when=when,
        day=day_words,
        long_date=long_date,
        month_name=month_name,
        greeting_day=greeting_day,
        language=language,
    )
