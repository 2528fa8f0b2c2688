"""The demo municipality is as large as promised, and its files agree with one another."""

import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.regions import REGIONS
from portal.demo import pictures

DATA = Path(pictures.__file__).parent / "data"
STATES = {
    "draft", "in_review", "returned", "scheduled", "published", "expired", "archived", "trashed",
}  # fmt: skip
ROLES = {"reader", "contributor", "editor", "manager"}
FIXED = (
    "admin",
    "employee",
    "head",
    "editor",
    "member",
    "partner",
    "coordinator",
    "ngo",
)


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


UNITS = load("units.toml")["units"]
PEOPLE = load("people.toml")["people"]
PARTNERS = load("partner_people.toml")["people"]
ORGANISATIONS = load("organisations.toml")["organisations"]
SPACES = load("spaces.toml")["spaces"]
TOPICS = load("topics.toml")["topics"]
PAGES = load("pages.toml")["pages"]


def article(path: Path) -> dict[str, Any]:
    before, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    assert before == ""
    return {**tomllib.loads(front), "body": body, "file": path.name}


NEWS = [article(path) for path in sorted((DATA / "news").glob("*.md"))]


def keys(rows: list[dict[str, Any]]) -> set[str]:
    found = [row["key"] for row in rows]
    assert len(found) == len(set(found)), [key for key, n in Counter(found).items() if n > 1]
    return set(found)


def test_the_municipality_is_as_large_as_promised() -> None:
    assert len(PEOPLE) >= 60
    assert len(UNITS) >= 12
    assert sum(unit["kind"] == "mayoralty" for unit in UNITS) == 4
    assert len(ORGANISATIONS) == 9
    assert sum(space["kind"] == "workspace" for space in SPACES) == 4
    assert {"intranet", "extranet"} <= {space["kind"] for space in SPACES}


def test_news_in_every_state() -> None:
    states = Counter(item["state"] for item in NEWS)
    assert len(NEWS) >= 40
    assert set(states) == STATES
    assert min(states.values()) >= 2
    assert sum(item.get("revised", False) for item in NEWS) == 3
    assert sum(item["language"] == "en" for item in NEWS) == 2


def test_the_fixed_people_sign_in_with_the_promised_addresses() -> None:
    emails = {row["login"]: row.get("email") for row in PEOPLE + PARTNERS}
    for login in FIXED:
        assert emails[login] == f"{login}@demo.example"
    assert {row["unit"] for row in PEOPLE if row["login"] in ("editor", "member")} == {
        "communication"
    }
    assert any(unit["head"] == "head" for unit in UNITS)
    by_login = {row["login"]: row for row in PARTNERS}
    assert by_login["partner"]["organisation"] == by_login["coordinator"]["organisation"]
    assert by_login["coordinator"]["coordinator"]


def test_sign_in_names_are_unique_and_ascii() -> None:
    logins = [row["login"] for row in PEOPLE + PARTNERS]
    assert len(logins) == len(set(logins))
    for login in logins:
        assert re.fullmatch(r"[a-z]+(\.[a-z]+)*", login), login
    emails = [row["email"] for row in PEOPLE + PARTNERS if "email" in row]
    assert len(emails) == len(set(emails))
    assert 15 <= sum("email" not in row for row in PEOPLE) <= 30


def test_units_and_people_point_at_each_other() -> None:
    units, people = keys(UNITS), keys(PEOPLE)
    for unit in UNITS:
        assert unit["parent"] in units | {""}, unit["key"]
        assert unit["head"] in people, unit["key"]
        assert unit["deputy"] in people | {""}, unit["key"]
        assert unit["head"] != unit["deputy"]
    homes = {row["key"]: row["unit"] for row in PEOPLE}
    assert set(homes.values()) == units, "every unit has people"
    for unit in UNITS:
        assert homes[unit["head"]] == unit["key"], unit["key"]


def test_units_are_a_tree() -> None:
    above = {unit["key"]: unit["parent"] for unit in UNITS}
    for start in above:
        key = start
        seen = {key}
        while key := above[key]:
            assert key not in seen
            seen.add(key)


def test_organisations_are_current_and_have_people() -> None:
    organisations, people = keys(ORGANISATIONS), keys(PEOPLE)
    keys(PEOPLE + PARTNERS)
    for row in ORGANISATIONS:
        assert row["sponsor"] in people
        assert row["agreement_start"] < date(2026, 11, 1)
        assert ("agreement_end" in row) != ("agreement_ends_in_days" in row)
        assert row.get("agreement_end", date(2027, 1, 1)) > date(2026, 12, 31)
        assert row.get("nuts3", "BG341") in REGIONS
        assert (row["kind"] == "municipality") == ("population" in row)
    # One ends soon and one is over, on whatever day the demo is made.
    assert sorted(
        r["agreement_ends_in_days"] for r in ORGANISATIONS if "agreement_end" not in r
    ) == [
        -12,
        19,
    ]
    sizes = Counter(row["organisation"] for row in PARTNERS)
    assert set(sizes) == organisations
    assert set(sizes.values()) <= {2, 3, 4}
    for key in organisations:
        assert any(row["coordinator"] for row in PARTNERS if row["organisation"] == key), key


def test_members_of_spaces_exist() -> None:
    known = (
        {f"user:{key}" for key in keys(PEOPLE) | keys(PARTNERS)}
        | {f"unit:{key}" for key in keys(UNITS)}
        | {f"org:{key}" for key in keys(ORGANISATIONS) | {"municipality"}}
    )
    keys(SPACES)
    for space in SPACES:
        members = [member["who"] for member in space["members"]]
        assert set(members) <= known, set(members) - known
        assert len(members) == len(set(members)), space["key"]
        assert {member["role"] for member in space["members"]} <= ROLES
        assert any(member["role"] == "manager" for member in space["members"])


def held(space: dict[str, Any], person: str) -> set[str]:
    homes = {row["key"]: row["unit"] for row in PEOPLE}
    above = {unit["key"]: unit["parent"] for unit in UNITS}
    names = {f"user:{person}"}
    unit = homes.get(person, "")
    while unit:
        names.add(f"unit:{unit}")
        unit = above[unit]
    return {member["role"] for member in space["members"] if member["who"] in names}


@pytest.mark.parametrize("item", NEWS, ids=lambda item: item["file"])
def test_an_article_is_whole(item: dict[str, Any]) -> None:
    spaces = {space["key"]: space for space in SPACES}
    assert item["state"] in STATES
    assert held(spaces[item["space"]], item["author"]) - {"reader"}, "the author may write there"
    assert set(item.get("also_in", [])) <= set(spaces) - {item["space"]}
    assert item["topics"] and set(item["topics"]) <= keys(TOPICS)
    assert 10 <= len(item["title"]) <= 200
    assert 10 <= len(item["summary"]) <= 400
    assert (item["days_ago"] < 0) == (item["state"] == "scheduled")
    assert ("returned_remark" in item) == (item["state"] == "returned")
    assert ("revision_adds" in item) == item.get("revised", False)
    if "cover" in item:
        assert item["cover"] in pictures.SCENES
        assert item["cover_alt"]
    words = len(re.findall(r"\w+", item["body"]))
    assert 120 <= words <= 400
    assert not re.search(r"^# ", item["body"], re.MULTILINE), (
        "the title is the only first-level heading"
    )


def test_titles_are_all_different() -> None:
    titles = [item["title"] for item in NEWS]
    assert len(titles) == len(set(titles))


def test_names_and_phones_in_the_news_are_those_of_the_directory() -> None:
    phones = {row["phone"] for row in PEOPLE}
    text = "\n".join(item["body"] + item["summary"] for item in NEWS)
    text += "\n".join(page["body_bg"] + page["body_en"] for page in PAGES)
    assert set(re.findall(r"0500/\d\d \d{3}", text)) <= phones
    emails = {row["email"] for row in PEOPLE + PARTNERS if "email" in row}
    emails.add(load("organisations.toml")["municipality"]["email"])
    assert set(re.findall(r"[\w.]+@demo\.example", text)) <= emails


def test_the_footer_pages_are_complete_in_both_languages() -> None:
    assert keys(PAGES) == {"help", "accessibility", "privacy", "terms"}
    for page in PAGES:
        for language in ("bg", "en"):
            assert page[f"title_{language}"]
            assert len(page[f"body_{language}"]) > 1500
        headings = [page[f"body_{language}"].count("\n## ") for language in ("bg", "en")]
        assert headings[0] == headings[1], page["key"]


def test_no_number_could_be_a_national_one() -> None:
    for path in DATA.rglob("*"):
        if path.is_file():
            assert not re.search(r"(?<!\d)\d{10}(?!\d)", path.read_text(encoding="utf-8")), path


def test_every_scene_is_a_picture() -> None:
    for name in pictures.SCENES:
        assert pictures.draw(name).startswith(b"\x89PNG"), name
