"""Working with a practice's record: its steps, its gaps, its words for search and comparison."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.kernel import clock
from portal.kernel.i18n import _
from portal.practices.cleaning import Record, faults_of_rows, is_empty, shown_month, shown_number
from portal.practices.fields import STEPS
from portal.practices.parts import Column, Field, Step

_LINK = re.compile(r"\bhttps?://\S+|\bwww\.\S+")
# No answer to what went wrong.
NOTHING = {"няма", "нямаше", "никакви", "не", "-", "–", "none", "no", "nothing", "n/a"}


def steps(failed: bool) -> list[Step]:
    """The pages of the form: all of it, or the shorter record of what did not work."""
    if not failed:
        return list(STEPS)
    short = [
        Step(step.key, step.label, tuple(each for each in step.fields if each.in_failed))
        for step in STEPS
    ]
    return [step for step in short if step.fields]


def step_of(key: str, failed: bool) -> Step | None:
    return next((step for step in steps(failed) if step.key == key), None)


def fields(failed: bool) -> Iterator[Field]:
    """Every field, in the form's order."""
    for step in steps(failed):
        yield from step.fields


def values(title: str, summary: str, topics: Sequence[int], record: Record) -> Record:
    """All that is filled in, by the fields' keys: what stands in columns beside the record too."""
    return {**record, "title": title, "summary": summary, "topics": list(topics)}


def seal(step: Step, values: Mapping[str, Any]) -> str:
    """A print of a step as it is stored: a form carries it, so that a stale save is seen."""
    facts = [(each.key, values.get(each.key)) for each in step.fields]
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Missing:
    """A field that is empty or not yet as asked: where, how much it matters, and what to do."""

    field: Field
    step: Step
    need: str
    words: str
    key: str  # of the control: a field's, or that of a cell in its rows («costs-0-year»)


@dataclass(frozen=True)
class Completeness:
    """How much of the record is there. Optional fields are not counted."""

    done: int
    total: int
    missing: list[Missing]

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    @property
    def hindering(self) -> list[Missing]:
        """What keeps it from being sent for review."""
        return [each for each in self.missing if each.need == "R"]

    @property
    def next_step(self) -> str:
        """The step to go on with: where what is needed is missing, else anything; else ""."""
        first = next(iter(self.hindering or self.missing), None)
        return first.step.key if first else ""


def completeness(given: Record) -> Completeness:
    """What a record lacks. given: see `values`."""
    failed = bool(given.get("failed"))
    missing: list[Missing] = []
    done = total = 0
    for step in steps(failed):
        for each in step.fields:
            need = each.needed(failed)
            faults = gaps(each, given, need)
            if need != "o":
                total += 1
                done += not faults
            # What is begun and not finished hinders whatever the field is: a cost without a year.
            begun = not is_empty(given.get(each.key))
            for key, words in faults:
                missing.append(Missing(each, step, "R" if begun else need, words, key))
    return Completeness(done, total, missing)


def gaps(each: Field, given: Record, need: str) -> list[tuple[str, str]]:
    """What a field lacks: pairs of the control's key and words for its author."""
    value: Any = given.get(each.key)
    if is_empty(value):
        return [] if need == "o" else [(each.key, _("This is still empty."))]
    if each.columns:
        return faults_of_rows(each, value) or _by_rule(each, given)
    if each.kind == "text" and each.low:
        length = len(_LINK.sub("", str(value)).strip())
        if length < each.low:
            words = _(
                "Write at least %(low)s characters without links; there are %(n)s.",
                low=int(each.low),
                n=length,
            )
            return [(each.key, words)]
    return _by_rule(each, given)


def _by_rule(each: Field, given: Record) -> list[tuple[str, str]]:
    """Rules that look at more than one field, or at the meaning of one."""
    match each.key:
        case "begun" if given["begun"] > clock.today().isoformat()[: len(given["begun"])]:
            words = _("It must have begun: ideas and plans are not yet practices.")
            return [("begun", words)]
        case "ended" if given["ended"] < (given.get("begun") or "")[: len(given["ended"])]:
            return [("ended", _("It cannot end before it begins."))]
        case "maturity" if given["maturity"] == "good" and not given.get("replicated"):
            words = _("“Good” needs at least one other place where it worked. Name it below.")
            return [("maturity", words)]
        case "difficulties" if all(
            row.get("what", "").strip(" .!").casefold() in NOTHING for row in given["difficulties"]
        ):
            words = _("Every practice had difficulties. Name at least one.")
            return [("difficulties-0-what", words)]
    return []


# ── Words ───────────────────────────────────────────────────────────────


def texts(given: Record) -> list[tuple[str, str]]:
    """Everything that is written, as pairs of label and text in the reader's language."""
    found = []
    for each in fields(bool(given.get("failed"))):
        value: Any = given.get(each.key)
        if each.kind in ("topics", "person") or is_empty(value):
            continue
        if each.columns:
            lines = [row_words(each, row) for row in value]
            found.append((str(each.label), "\n".join(filter(None, lines))))
        else:
            found.append((str(each.label), words_of(each, value)))
    return found


def written(given: Record) -> str:
    """Every word that an author wrote, without the form's own."""
    found: list[str] = []
    for each in fields(bool(given.get("failed"))):
        value: Any = given.get(each.key)
        if is_empty(value):
            continue
        if each.kind in ("line", "text"):
            found.append(str(value))
        for row in value if each.columns else ():
            parts = (column.key for column in each.columns if column.kind in ("line", "text"))
            found += [row[key] for key in parts if row.get(key)]
    return "\n".join(found)


def row_words(each: Field, row: Record) -> str:
    """A row in one line."""
    cells = (words_of(column, row.get(column.key)) for column in each.columns)
    return " · ".join(filter(None, cells))


def words_of(part: Field | Column, value: Any) -> str:
    """A stored value as a reader knows it."""
    if is_empty(value):
        return ""
    match part.kind:
        case "choice":
            return str(dict(part.choices).get(value, value))
        case "choices":
            chosen = dict(part.choices)
            return ", ".join(str(chosen.get(code, code)) for code in value)
        case "yes":
            return str(part.label)
        case "month":
            return shown_month(str(value))
        case "number":
            return shown_number(str(value))
    return str(value)


def untranslated(original: Record, translation: Record) -> list[str]:
    """The keys of texts that a translation still has in the words of the original."""
    same = []
    for each in fields(bool(original.get("failed"))):
        value = original.get(each.key)
        if each.kind in ("line", "text") and each.key not in NO_WORDS and not is_empty(value):
            if translation.get(each.key) == value:
                same.append(each.key)
        elif each.kind == "rows" and not is_empty(value) and translation.get(each.key) == value:
            same.append(each.key)
    return same


# Lines that are the same in every language.
NO_WORDS = {"mailbox", "ekatte", "project_number"}
