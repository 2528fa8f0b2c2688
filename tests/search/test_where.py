"""Searching in the space whose page one is on, or everywhere."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from portal import search
from portal.kernel.limits import Limit
from portal.search import views
from portal.search.services import follow
from tests.search import room
from tests.support.cast import Cast
from tests.support.clients import Browser

SignIn = Callable[[str], Browser]


@pytest.fixture
def texts(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    """Two texts in the intranet and one in the workspace, whose number it is."""
    monkeypatch.setattr(views, "_suggestions", Limit(1_000, 1))
    workspace, intranet = cast.space("workspace").id, cast.space("intranet").id
    for space in (workspace, intranet, intranet):
        room.write("Заповед за отпуските", space=space)
    while follow():
        pass
    search.engine().refresh(at_once=True)  # type: ignore[call-arg]
    return workspace


def offered(page: str) -> list[tuple[str, bool]]:
    """The choices of the box in the bar: value, whether chosen."""
    box = page.partition("data-where")[2].partition("</select>")[0]
    return [
        (value, bool(on)) for value, on in re.findall(r'<option value="(\d*)"( selected)?', box)
    ]


def test_the_box_offers_the_space_of_the_page_to_its_members(
    texts: int, cast: Cast, sign_in: SignIn
) -> None:
    slug = cast.space("workspace").slug
    editor = sign_in("editor")
    assert offered(editor.get(f"/spaces/{slug}").text) == [("", True), (str(texts), False)]
    assert offered(editor.get(f"/search?q=отпуск&space={texts}").text) == [
        ("", False),
        (str(texts), True),
    ]
    for path in ("/", "/search?q=отпуск", "/search?q=отпуск&space=0", "/news/topic/none"):
        assert offered(editor.get(path).text) == [], path
    reader = sign_in("reader")  # who is in no workspace
    assert offered(reader.get(f"/search?q=отпуск&space={texts}").text) == []


def test_suggestions_lead_to_the_other_choice(texts: int, sign_in: SignIn, cast: Cast) -> None:
    en = {"Accept-Language": "en"}
    name = cast.space("workspace").name_en
    editor, reader = sign_in("editor"), sign_in("reader")
    asked = f"/search/suggest?q=отпус&here={texts}"
    everywhere = editor.get(asked, headers=en).text
    assert "All results (3)" in everywhere
    assert f"Only in “{name}” (1)" in everywhere
    there = editor.get(f"{asked}&space={texts}", headers=en).text
    assert there.count("<mark>") == 1
    assert f"All results in “{name}” (1)" in there
    assert "Everywhere (3)" in there
    plain = reader.get("/search/suggest?q=отпус", headers=en).text
    assert "All results (2)" in plain
    for more in ("", f"&space={texts}"):  # a foreign number tells nothing
        assert reader.get(f"{asked}{more}", headers=en).text == plain
