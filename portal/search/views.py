"""The search page and the suggestions below the box."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.access import Viewer, current_viewer
from portal.access.doors import signed_in
from portal.kernel.i18n import _, when
from portal.kernel.limits import Limit
from portal.kernel.links import link
from portal.kernel.text import shown
from portal.search import finding, queries, registry
from portal.search.finding import PERIODS, Result, Results
from portal.search.forms import PAGE, PAGES_MAX, SearchForm, is_number
from portal.search.language import QUESTION_MAX, Reading
from portal.search.passages import LENGTH
from portal.search.services import engine
from portal.search.texts import TOPIC

bp = Blueprint("search", __name__)
CHOICES = 8  # of a further filter, the commonest ones
# Far above what a person types, far below what would slow others down.
_searches = Limit(10, 1.0)
_suggestions = Limit(20, 1.0)


@bp.get("/search")
@signed_in
def results() -> ResponseReturnValue:
    viewer = current_viewer()
    _searches.check(str(viewer.real.user_id))
    form = SearchForm.read(request.args)
    asked = form.asked()
    found = finding.find(viewer, asked) if form.words else None
    if found is None:
        return render_template("search/results.html", form=form, found=None, searched="")
    return render_template(
        "search/results.html",
        form=form,
        found=found,
        searched=form.words,  # the box in the top bar keeps it
        question_max=QUESTION_MAX,
        filters=_filters(form, found, viewer),
        answers=_lines(found.answers, found.counts.reading),
        hits=_lines(found.hits, found.counts.reading),
        **_pages(form, found),
    )


@bp.get("/search/suggest")
@signed_in
def suggest() -> ResponseReturnValue:
    """The list below the search box, as a piece of HTML; empty when nothing is to suggest."""
    viewer = current_viewer()
    _suggestions.check(str(viewer.real.user_id))
    # A blank at the end says that the last word is whole, so only the front is trimmed.
    words = shown(request.args.get("q", "")).lstrip()[:QUESTION_MAX]
    if not words.strip():
        return ""
    here = _own_space(viewer, "here")
    space = _own_space(viewer, "space")
    found = finding.suggest(viewer, words, space.value if space else None)
    other = None
    if here and found.ready:  # what the other choice of the box would find
        reading = found.counts.reading
        number = finding.number(viewer, words, None if space else here.value, reading)
        other = here._replace(number=number)
    return render_template(
        "search/suggest.html",
        found=found,
        words=words.strip(),
        space=space,
        other=other,
        answers=_lines(found.answers, found.counts.reading, with_texts=False),
        hits=_lines(found.hits, found.counts.reading, with_texts=False),
    )


def _own_space(viewer: Viewer, name: str) -> "Choice | None":
    """A space that the address names, if it is one of hers."""
    typed = request.args.get(name, "")
    ident = int(typed) if is_number(typed) else 0
    if not viewer.role_in(ident):
        return None
    return next((Choice(i, n, 0) for i, n in queries.space_names([ident]).items()), None)


class Line(NamedTuple):
    """A hit as the templates show it; title and text are HTML with the found words marked."""

    url: str
    icon: str
    label: str  # of its kind
    initials: str
    title: Markup
    text: Markup
    place: str
    facts: Sequence[str]
    when: Markup


def _lines(results: Iterable[Result], reading: Reading, with_texts: bool = True) -> list[Line]:
    """Made ready here: a template that calls for each of forty pieces takes twice as long."""
    mark = engine().mark
    return [
        Line(
            item.url,
            result.icon,
            result.label,
            "".join(part[0] for part in item.title.split()[:2]),
            Markup(mark(item.title, reading)),  # escaped by `mark`
            Markup(mark(item.text, reading, LENGTH) if with_texts and item.text else ""),
            item.place,
            item.facts,
            when(item.date),
        )
        for result in results
        for item in [result.shown]
    ]


class Choice(NamedTuple):
    """A choice of a filter: its value in the address, its name, how many it would leave."""

    value: Any
    label: str
    number: int


def _pages(form: SearchForm, found: Results) -> dict[str, str]:
    def to(page: int) -> str:
        return link("search.results", **form.address(page=page if page > 1 else None))

    last = min(PAGES_MAX, max(1, -(-found.listed // PAGE)))
    return {
        "prev_url": to(min(form.page, last + 1) - 1) if form.page > 1 else "",
        "next_url": to(form.page + 1) if form.page < last else "",
        "bare_url": link("search.results", q=form.words),
    }


def _filters(form: SearchForm, found: Results, viewer: Viewer) -> dict[str, Any]:
    """The choices of each filter with what they would find, and those that are made."""
    counts = found.counts
    kinds = [
        Choice(s.kind, str(s.label), counts.kinds.get(s.kind, 0))
        for s in registry.sources()
        if counts.kinds.get(s.kind) or s.kind in form.kinds
    ]
    # Names only of her own spaces: an address with foreign numbers must tell nothing.
    wanted = {s for s in (*counts.spaces, *form.spaces) if viewer.role_in(s)}
    spaces = [
        Choice(ident, name, counts.spaces.get(ident, 0))
        for ident, name in queries.space_names(wanted).items()
    ]
    spaces.sort(key=lambda each: (-each.number, each.label))
    more = _more(form, found)
    names = dict(zip(PERIODS, _period_names(), strict=True))
    periods = [Choice(key, names[key], counts.periods.get(key, 0)) for key in PERIODS]
    return {
        "kinds": kinds,
        "spaces": spaces,
        "periods": periods,
        "more": [facet for facet in more if len(facet.choices) > 1 or facet.chosen],
        "chosen": _chosen(form, kinds, spaces, more, names),
        "any": form.is_narrowed,
        "here": next((s for s in spaces if [s.value] == form.spaces), None),
    }


class Facet(NamedTuple):
    """A further filter: its name in the address, its title, its commonest choices."""

    name: str
    title: str
    choices: list[Choice]
    chosen: list[Any]


def _more(form: SearchForm, found: Results) -> list[Facet]:
    """Organisation, author, year and tag. Names are looked up only of what was counted among the
    reader's own hits: an address with other numbers tells nothing."""
    counts = found.counts
    organisations = _common(counts.organisations, form.organisations)
    authors = _common(counts.authors, form.authors)
    tags = _common(counts.tags, form.tags)
    numbers = {tag: tag.removeprefix(TOPIC) for tag in tags if tag.startswith(TOPIC)}
    topics = {tag: int(number) for tag, number in numbers.items() if is_number(number)}
    named = queries.names(organisations, authors, list(topics.values()))
    tag_names = {tag: named.topics.get(topics[tag], "") if tag in topics else tag for tag in tags}
    years = sorted(_common(counts.years, form.years), reverse=True)
    return [
        _facet("organisation", _("Organisation"), named.organisations,
               counts.organisations, form.organisations),
        _facet("author", _("Author"), named.authors, counts.authors, form.authors),
        _facet("year", _("Year"), {year: str(year) for year in years}, counts.years, form.years),
        _facet("tag", _("Tag"), tag_names, counts.tags, form.tags),
    ]  # fmt: skip


def _common(counts: dict[Any, int], chosen: list[Any]) -> list[Any]:
    """The commonest values, and those that are chosen, however rare."""
    common = sorted(counts, key=lambda value: (-counts[value], value))[:CHOICES]
    return list(dict.fromkeys([*common, *(value for value in chosen if value in counts)]))


def _facet(
    name: str, title: str, names: dict[Any, str], counts: dict[Any, int], chosen: list[Any]
) -> Facet:
    choices = [Choice(value, label, counts[value]) for value, label in names.items() if label]
    if name != "year":
        choices.sort(key=lambda each: (-each.number, each.label))
    # What is chosen and finds nothing: it can be removed, but what a number stands for is not for
    # this reader; a year or a tag is called as she wrote it.
    named = {each.value for each in choices}
    for value in dict.fromkeys(chosen):
        if value not in named:
            as_written = name == "year" or (name == "tag" and not value.startswith(TOPIC))
            choices.append(Choice(value, str(value) if as_written else title, 0))
    return Facet(name, title, choices, chosen)


def _period_names() -> tuple[str, ...]:
    return _("today"), _("last 7 days"), _("last 30 days"), _("this year")


def _chosen(
    form: SearchForm,
    kinds: list[Choice],
    spaces: list[Choice],
    more: list[Facet],
    periods: dict[str, str],
) -> list[dict[str, str]]:
    """Each choice made, with the address of the same search without it."""
    made: list[tuple[str, dict[str, object]]] = []
    for each in kinds:
        if each.value in form.kinds:
            rest: list[Any] = [kind for kind in form.kinds if kind != each.value]
            made.append((each.label, {"kind": rest}))
    for each in spaces:
        if each.value in form.spaces:
            rest = [space for space in form.spaces if space != each.value]
            made.append((each.label, {"space": rest}))
    made += [
        (each.label, {facet.name: [value for value in facet.chosen if value != each.value]})
        for facet in more
        for each in facet.choices
        if each.value in facet.chosen
    ]
    if form.period:
        made.append((periods[form.period], {"period": ""}))
    elif (form.since or form.until) and not form.errors:
        made.append((f"{form.since or '…'} – {form.until or '…'}", {"from": "", "to": ""}))
    return [
        {"label": label, "url": link("search.results", **form.address(**without))}
        for label, without in made
    ]
