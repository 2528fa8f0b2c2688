"""Parts of the front end that need no browser: colours, icons, what the build wrote."""

import gzip
import json
import re
from pathlib import Path

import pytest

from portal.kernel.palette import DARK, LIGHT, colour, contrast, palette_css

ROOT = Path(__file__).resolve().parents[2]
TEXT = [  # what is written on what: 4.5 to 1 at any hue (WCAG 2.2, 1.4.3)
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "brand", "brand-strong")
    for ground in ("paper", "wash", "tint")
] + [
    ("on-bar", "bar"),
    ("on-bar", "bar-2"),
    ("on-bar-2", "bar"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("ink", "wash-2"),
    ("ink", "tint-2"),
    ("ink-2", "wash-2"),
    ("brand-strong", "tint-2"),
    ("ok", "ok-tint"),
    ("ok", "paper"),
    ("due", "due-tint"),
    ("due", "paper"),
    ("stop", "stop-tint"),
    ("stop", "paper"),
    ("ink", "mark"),
]
EDGES = [("edge", "paper"), ("brand", "paper"), ("edge", "wash")]  # 3 to 1 (1.4.11)


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
def test_every_pair_keeps_its_contrast_at_every_hue(shades):
    for hue in range(360):
        for least, pairs in ((4.5, TEXT), (3.0, EDGES)):
            for ink, ground in pairs:
                found = contrast(colour(shades[ink], hue), colour(shades[ground], hue))
                assert found >= least, (hue, ink, ground, round(found, 2))


def test_the_palette_needs_no_new_browser():
    css = palette_css(212)
    assert "oklch" not in css
    assert "--brand:#" in css
    assert "[data-theme=dark]" in css


def test_each_icon_in_a_template_is_in_the_sprite():
    names = set(json.loads((ROOT / "static/src/icons.json").read_text()))
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"icon\(\"([a-z-]+)\"", text))
        used |= set(re.findall(r"icons\.svg'\) }}#([a-z-]+)\"", text))
        assert used <= names, (path.name, used - names)


def test_each_icon_that_code_names_is_in_the_sprite():
    names = set(json.loads((ROOT / "static/src/icons.json").read_text()))
    for path in (ROOT / "portal").rglob("search.py"):
        used = set(re.findall(r"^\s+icon = \"([a-z-]+)\"", path.read_text(), re.M))
        assert used <= names, (path, used - names)


def built(app):
    return json.loads((Path(app.static_folder) / "manifest.json").read_text())["style.css"]


def test_a_text_file_travels_packed_to_a_browser_that_unpacks(app, client):
    name = built(app)
    plain = client.get(f"/static/{name}")
    packed = client.get(f"/static/{name}", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) * 3 < len(plain.data)
    for answer in (plain, packed):
        assert answer.mimetype == "text/css"
        assert "accept-encoding" in answer.vary
        assert "immutable" in answer.headers["Cache-Control"]
    unwanted = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip;q=0"})
    assert unwanted.data == plain.data


def test_each_component_is_begun_in_one_file_only():
    """Two rooms once meant different things by `.told`: the notices lost their width to it."""
    begun: dict[str, set[str]] = {}
    for sheet in sorted((ROOT / "static" / "src" / "scss").glob("_*.scss")):
        text = sheet.read_text(encoding="utf-8")
        for selectors in re.findall(r"^(\.[\w-]+(?:, \.[\w-]+)*) \{", text, re.MULTILINE):
            for selector in selectors.split(", "):
                begun.setdefault(selector, set()).add(sheet.name)
    assert len(begun) > 100
    assert {name: files for name, files in begun.items() if len(files) > 1} == {}


@pytest.mark.parametrize("name", ["nothing.css", "../app.py", "%2e%2e/app.py", "a%00b.css", "."])
def test_no_other_file_is_sent(name, client):
    assert client.get(f"/static/{name}").status_code == 404
