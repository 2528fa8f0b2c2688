"""Extract the interface's words into portal/translations/bg/<area>.po, and check them.

An area is a folder under portal/ or templates/; the kernel, the shared templates and access are
«base». A message that another area has translated already is not asked for again. `--check`
changes nothing and fails on a missing, fuzzy, obsolete or ill-formed translation.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "portal" / "translations" / "bg"
KEYWORDS = {"_": None, "_l": None, "N_": None, "gettext_": None, "ngettext": (1, 2)}
# The day of extraction is no matter of the words: a file changes when they do.
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
BASE = {"kernel", "access", "partials", "errors"}
Key = str | tuple[str, str]


def area_of(path: Path) -> str:
    """The area that a source file belongs to."""
    parts = path.relative_to(ROOT).parts
    if len(parts) == 2 or parts[1] in BASE:
        return "base"
    return parts[1]


def messages() -> dict[Key, list[str]]:
    """Every message of the interface with the areas that use it, in the order of the files."""
    found: dict[Key, list[str]] = {}
    for path in sorted([*ROOT.glob("portal/**/*.py"), *ROOT.glob("templates/**/*.*")]):
        if "migrations" in path.parts or path.suffix not in (".py", ".html", ".txt"):
            continue
        for key in _keys(path):
            found.setdefault(key, []).append(area_of(path))
    return found


def _keys(path: Path) -> Iterator[Key]:
    with path.open("rb") as source:
        if path.suffix == ".py":
            for _line, message, _comments, _context in extract("python", source, KEYWORDS):
                yield _key(message)
        else:
            for _line, _name, message, _c in babel_extract(source, list(KEYWORDS), [], {}):
                yield _key(message)


def _key(message: object) -> Key:
    if isinstance(message, str):
        return message
    parts = [part for part in message if isinstance(part, str)]  # type: ignore[attr-defined]
    return (parts[0], parts[1]) if len(parts) > 1 else parts[0]


def read() -> dict[str, Catalog]:
    """The fragments as they are, by area."""
    catalogues = {}
    for path in sorted(FOLDER.glob("*.po")):
        with path.open("rb") as source:
            catalogues[path.stem] = read_po(source, locale="bg")
    return catalogues


def key_of(message: Message) -> Key:
    ident = message.id
    return ident if isinstance(ident, str) else (ident[0], ident[1])


def faults() -> list[str]:
    """What is missing, fuzzy, obsolete or ill-formed, in words."""
    wanted, told = messages(), []
    have: dict[Key, Message] = {}
    for area, catalogue in read().items():
        for message in catalogue:
            if not message.id:
                continue
            key = key_of(message)
            if key not in wanted:
                told.append(f"{area}: obsolete: {key!r}")
            if message.fuzzy:
                told.append(f"{area}: fuzzy: {key!r}")
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if not all(strings):
                continue
            told += [f"{area}: {error}: {key!r}" for error in message.check(catalogue)]
            have[key] = message
    told += [f"{areas[0]}: missing: {key!r}" for key, areas in wanted.items() if key not in have]
    return told


def update() -> None:
    """Rewrite the fragments: translations stay, new messages are empty, obsolete ones go."""
    wanted, old = messages(), read()
    known: dict[Key, Message] = {}
    for catalogue in old.values():
        for message in catalogue:
            if message.id and message.string:
                known.setdefault(key_of(message), message)
    fresh: dict[str, Catalog] = {}
    for key, areas in wanted.items():
        home = next((a for a in areas if a in old and key in _ids(old[a])), areas[0])
        catalogue = fresh.setdefault(
            home, Catalog(locale="bg", project="portal", fuzzy=False, creation_date=BEGIN)
        )
        translated = known[key].string if key in known else None
        catalogue.add(key, translated)  # type: ignore[arg-type]
    for path in FOLDER.glob("*.po"):
        if path.stem not in fresh:
            path.unlink()
    for area, catalogue in fresh.items():
        with (FOLDER / f"{area}.po").open("wb") as out:
            write_po(out, catalogue, width=100, no_location=True)


def _ids(catalogue: Catalog) -> set[Key]:
    return {key_of(message) for message in catalogue if message.id}


def main() -> None:
    if "--check" not in sys.argv:
        update()
    told = faults()
    print("\n".join(told) or "The catalogue is complete.")
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    main()
