"""What changed between two texts of an item, field by field; the same for every kind."""

from typing import NamedTuple

from markupsafe import Markup

from portal.content import kinds
from portal.content.models import Revision
from portal.kernel import diff


class Change(NamedTuple):
    """A field that differs. html: the newer words with <ins> and <del>; None when both are too
    long to compare."""

    key: str
    label: str
    html: Markup | None


def changes(before: Revision, after: Revision) -> list[Change]:
    """The fields that differ, in the order of the newer text; empty when the two say the same."""
    kind = kinds.of(after.kind)
    was = {each.key: each for each in kind.words(before)}
    now = {each.key: each for each in kind.words(after)}
    found = []
    for key, field in {**now, **{key: was[key] for key in was if key not in now}}.items():
        old = was[key].text if key in was else ""
        new = now[key].text if key in now else ""
        if old != new:
            found.append(Change(key, field.label, diff.words(old, new)))
    return found
