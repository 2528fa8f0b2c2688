"""The record is the 32 fields that were agreed on: each with its need, its limits and its rule.

What can be kept is judged by `cleaning`, what is enough by `record`; nothing here needs a database.
"""

from portal.practices import record as records
from portal.practices.cleaning import clean
from portal.practices.parts import Field
from tests.support.practising import full_record

# Field 3, the organisation, is the author's own; number by number, the strongest need of its parts.
NEEDED = set(range(1, 33)) - {3}
FOR_SENDING = {1, 2, 4, 5, 6, 7, 8, 10, 11, 18, 29, 30, 32}
OPTIONAL = {16, 19, 25, 26, 27, 31}
OF_WHAT_FAILED = {1, 2, 4, 5, 6, 7, 8, 9, 10, 12, 20, 21, 27, 29, 30, 32}
LONG = {"title": 120, "summary": 160, "problem": 1000, "solution": 3000}
COLUMNS = {
    "steps": "what who weeks output",
    "costs": "sort amount currency year source",
    "stakeholders": "name role",
    "beneficiaries": "group number",
    "indicators": "name unit baseline value date source",
    "difficulties": "what remedy",
    "alignment": "sort what",
    "materials": "title sort licence",
    "pictures": "alt author licence moment consent",
}


def field(key: str) -> Field:
    return next(each for each in records.fields(failed=False) if each.key == key)


def kept(key: str, raw):
    """What is stored of it, and the controls that say why not."""
    value, faults = clean(field(key), raw)
    return value, list(faults)


def lacking(failed: bool = False, **changes) -> list[str]:
    """The controls that keep a record, complete but for these, from being sent."""
    typed = {k: raw for step in full_record(failed).values() for k, raw in step.items()}
    given = {each.key: clean(each, typed[each.key])[0]
             for each in records.fields(failed) if each.key in typed}  # fmt: skip
    given |= {"topics": [1], "contact": 5, "original": "bg", "failed": failed, **changes}
    return [each.key for each in records.completeness(given).hindering]


def test_the_32_fields_are_there_as_needed_as_agreed():
    strongest: dict[int, str] = {}
    for each in records.fields(failed=False):
        strongest[each.number] = min(each.need, strongest.get(each.number, "o"), key="RVo".index)
    assert set(strongest) == NEEDED
    assert {n for n, need in strongest.items() if need == "R"} == FOR_SENDING
    assert {n for n, need in strongest.items() if need == "o"} == OPTIONAL
    assert {each.number for each in records.fields(failed=True)} == OF_WHAT_FAILED
    assert {key: field(key).high for key in LONG} == LONG
    for key, columns in COLUMNS.items():
        assert " ".join(column.key for column in field(key).columns) == columns
    # Whatever is asked for says what it gives to the reader, once a number.
    said = {each.number for each in records.fields(failed=False) if each.why}
    assert {n for n, need in strongest.items() if need != "o"} - said == {29, 30, 32}


def test_what_cannot_be_kept_is_told_at_its_control():
    for key, raw in (
        ("title", "я" * 121), ("summary", "я" * 161), ("problem", "я" * 1001),
        ("solution", "я" * 3001), ("mailbox", "никой"), ("ekatte", "123"), ("ekatte", "3506x"),
        ("nuts3", "BG999"), ("latitude", "91"), ("longitude", "-181"), ("latitude", "север"),
        ("begun", "13.2024"), ("begun", "миналата година"), ("person_months", "-1"),
        ("licence", "моя"), ("visibility", "никой"), ("maturity", "зряла"),
    ):  # fmt: skip
        assert kept(key, raw) == (None, [key]), (key, raw)
    cost = {"sort": "setup", "amount": "много", "currency": "USD", "year": "24"}
    rows, faults = kept("costs", [cost])
    assert faults == ["costs-0-amount", "costs-0-currency", "costs-0-year"]
    assert rows[0]["amount"] is None
    assert kept("indicators", [{"name": "Х", "value": "1", "date": "40.2024"}])[1] == [
        "indicators-0-date"
    ]


def test_what_is_not_enough_is_told_at_its_control():
    one = {"sort": "setup", "amount": "5", "currency": "EUR"}
    measure = {"name": "Пътувания", "baseline": "0", "value": "8", "date": "2025", "source": "Д"}
    links = "https://example.org/" + "x" * 600
    assert lacking() == []
    for changes, control in (
        ({"problem": "Кратко."}, "problem"),
        ({"solution": links}, "solution"),
        ({"solution": "Виж връзката. " + links}, "solution"),
        ({"begun": "2199-01"}, "begun"),
        ({"ended": "2023-01"}, "ended"),
        ({"maturity": "good", "replicated": ""}, "maturity"),
        ({"costs": [one]}, "costs-0-year"),
        ({"indicators": []}, "indicators"),
        *(({"indicators": [{**measure, part: None}]}, f"indicators-0-{part}") for part in measure),
        ({"difficulties": [{"what": "Няма."}]}, "difficulties-0-what"),
        ({"difficulties": [{"what": "none"}]}, "difficulties-0-what"),
        *(
            ({"pictures": [{"file": 1, "alt": "А", "author": "А", "licence": "own",
                            "consent": True, part: ""}]}, f"pictures-0-{part}")
            for part in ("alt", "author", "licence", "consent")
        ),
        ({"materials": [{"file": 1, "title": "", "sort": "template"}]}, "materials-0-title"),
        *(({key: None}, key) for key in ("contact", "settlement", "topics", "licence")),
    ):  # fmt: skip
        assert lacking(**changes) == [control], changes
    assert lacking(maturity="promising", replicated="") == []
    assert lacking(costs=[{**one, "amount": "0", "year": "2024"}]) == []
    # Of what did not work no number is asked, but what went wrong and what was learnt.
    assert lacking(failed=True, indicators=[]) == []
    assert lacking(failed=True, difficulties=[]) == ["difficulties"]
    assert lacking(failed=True, lessons="") == ["lessons"]
