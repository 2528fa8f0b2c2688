"""When two wrote in the same step: both texts field by field, and what is chosen of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.access import Viewer
from portal.content.models import State
from portal.content.queries import topics
from portal.kernel.i18n import _
from portal.practices import controls, desk, drawing, services
from portal.practices.cleaning import clean, is_empty
from portal.practices.forms import Typed
from portal.practices.models import PracticeRevision
from portal.practices.parts import Field, Step


@dataclass(frozen=True)
class Difference:
    """A field that stands otherwise in the two texts."""

    part: Field
    mine: str
    theirs: str
    is_touched: bool  # I changed it since I opened the page; otherwise only somebody else did
    inputs: list[tuple[str, str]]  # what carries mine on


def facts(
    stored: PracticeRevision, part: Step, typed: Typed, form: MultiDict[str, str], by: Viewer
) -> dict[str, Any]:
    """What the page shows that answers a stale save."""
    return {
        "stored": stored,
        "changed_by": desk.person_name(stored.changed_by_id),
        "differences": list(_differences(stored, part, typed, form, by)),
        "seal": services.step_seal(stored, part),
    }


def _differences(
    stored: PracticeRevision, part: Step, typed: Typed, form: MultiDict[str, str], by: Viewer
) -> Iterator[Difference]:
    values = services.values_of(stored)

    def known(ident: int) -> str:
        """A name for a number that was typed: of those only whom the form offers."""
        return dict(desk.people(by, values)).get(str(ident), "")

    for each in part.fields:
        if each.key not in typed.values:
            continue
        raw, theirs = typed.values[each.key], values.get(each.key)
        mine: Any
        mine, faults = clean(each, raw)
        if not faults and (mine == theirs or (is_empty(mine) and is_empty(theirs))):
            continue
        opened_on = form.get(f"was-{each.key}", "")
        yield Difference(
            each,
            _as_typed(each, raw) if faults else _words(each, mine, known),
            _words(each, theirs, desk.person_name),
            bool(faults) or opened_on not in _prints(each, mine),
            list(_inputs(each, raw)),
        )


def _prints(each: Field, mine: Any) -> set[str]:
    """Prints that mean the same: nothing is stored as an empty list, a blank or not at all."""
    if is_empty(mine):
        nothing: tuple[Any, ...] = (None, "", [], False)
        return {controls.print_of(value) for value in nothing}
    return {controls.print_of(mine)}


def _words(each: Field, value: Any, person_name: Callable[[int], str]) -> str:
    if is_empty(value):
        return ""
    match each.kind:
        case "topics":
            names = {ident: name for ident, _slug, name in topics()}
            return ", ".join(names.get(ident, str(ident)) for ident in value)
        case "person":
            return person_name(value)
    return drawing.in_words(each, value)


def _as_typed(each: Field, raw: Any) -> str:
    """What cannot be kept as it stands, in the words that were typed."""
    if not each.columns:
        return str(raw)
    keys = [column.key for column in each.columns]
    return "\n".join(" · ".join(filter(None, (row.get(key) for key in keys))) for row in raw)


def _inputs(each: Field, raw: Any) -> Iterator[tuple[str, str]]:
    """A raw value as the inputs of a form that send it again."""
    if each.columns:
        yield f"{each.key}-rows", ""
        for number, row in enumerate(raw):
            for key, value in row.items():
                yield f"{each.key}-{number}-{key}", str(value)
    elif isinstance(raw, list):
        yield each.key, ""
        for value in raw:
            yield each.key, value
    elif isinstance(raw, bool):
        yield each.key, "1" if raw else ""
    else:
        yield each.key, str(raw)


def leave_theirs(typed: Typed, form: MultiDict[str, str]) -> None:
    """Leave out the fields for which somebody else's words were chosen: they stay as stored."""
    for key in list(typed.values):
        if form.get(f"take-{key}") == "theirs":
            del typed.values[key]


def words(text: PracticeRevision | None) -> str:
    """Why what was typed could not be saved."""
    if text is not None and text.state == State.IN_REVIEW:
        return _("It was sent for review in the meantime.")
    if text is None or text.state not in services.WRITABLE:
        return _("It was published or thrown away in the meantime.")
    return _("Somebody else changed this step in the meantime.")
