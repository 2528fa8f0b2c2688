"""The practices that are measured: whole records, released, in Bulgarian."""

from datetime import datetime
from typing import Any

from portal.accounts.regions import REGIONS, size_of
from portal.practices.fields import STEPS
from portal.practices.models import Practice, PracticeRevision
from portal.practices.parts import Column, Field
from portal.practices.record import written
from scripts.bench.texts import item, place, topics
from scripts.bench.town import Town, population
from tests.support.papers import words

PLAIN = ("line", "text")


def fill(town: Town, number: int) -> None:
    """So many released practices of the partners by turns, placed in the extranet too."""
    for n in range(number):
        organisation, space, person = town.partners[n % len(town.partners)]
        then = town.moment(n, number)
        title = town.composer.fill("{thing} в {place}")[: PracticeRevision.TITLE_MAX]
        summary = town.composer.sentence()[: PracticeRevision.SUMMARY_MAX]
        content, revision = item(
            town, "practice", space, title, summary, then, person, is_shared=True
        )
        record = _record(town, n, organisation, person, then)
        town.rows.add(PracticeRevision, id=revision, record=record, words=written(record))
        town.rows.add(
            Practice, content_id=content, organisation_id=organisation, failed=record["failed"],
            nuts3=record["nuts3"], size=size_of(population(n % len(town.partners))),
            maturity=record["maturity"], study_visit="visit" in record["offers"],
        )  # fmt: skip
        place(town, content, space, person, then)
        place(town, content, town.extranet, town.people[0], then, is_home=False)
        topics(town, content, revision, n)
    town.rows.write()


def _record(town: Town, n: int, organisation: int, person: int, then: datetime) -> dict[str, Any]:
    """Every field that stands in the record, files and pictures left out."""
    written = {
        field.key: _value(town, field, n)
        for step in STEPS
        for field in step.fields
        if field.key not in {"title", "summary", "topics", "files", "pictures", "materials"}
    }
    return {
        **written,
        "organisation": organisation,
        "contact": person,
        "failed": n % 8 == 5,
        "nuts3": list(REGIONS)[n % len(REGIONS)],
        "settlement": words.PLACE[n % len(words.PLACE)],
        "begun": f"{then:%Y-%m}",
        "ended": "",
        "original": "bg",
        "machine": False,
        "visibility": "partners",
        "offers": ["visit", "call"] if n % 3 else ["call"],
        "latitude": "42.5",
        "longitude": "27.4",
        "ekatte": "",
        "mailbox": "",
    }


def _value(town: Town, field: Field, n: int) -> Any:
    if field.kind == "rows":
        return [
            {column.key: _cell(town, column, n + row) for column in field.columns}
            for row in range(2)
        ]
    if field.kind in PLAIN:
        text = town.composer.sentence()
        while len(text) < max(field.low, 200 if field.kind == "text" else 0):
            text += " " + town.composer.sentence()
        return text[: int(field.high)]
    if field.kind == "choice":
        return field.choices[n % len(field.choices)][0]
    if field.kind == "choices":
        return [value for value, _label in field.choices[: 1 + n % 2]]
    return {"month": "2024-05", "number": str(n % 50 + 1)}.get(field.kind, "")


def _cell(town: Town, column: Column, n: int) -> Any:
    if column.kind in PLAIN:
        return town.composer.sentence()[: int(column.high)]
    if column.kind == "choice":
        return column.choices[n % len(column.choices)][0]
    if column.kind == "number":
        return str(2024 if column.key == "year" else n % 50 + 1)
    return {"month": "2024-05"}.get(column.kind, "")
