"""What changed between two texts of an item, field by field; the same for every kind."""

from typing import NamedTuple

from markupsafe import Markup, escape

from portal.content import kinds
from portal.content.kinds import Words
from portal.content.models import Revision
from portal.kernel import diff
from portal.kernel.i18n import _


class Change(NamedTuple):
    """A field that differs. html: the newer words with <ins> and <del>; None when both are too
    long to compare."""

    key: str
    label: str
    html: Markup | None


def changes(before: Revision, after: Revision, *, versions: bool = False) -> list[Change]:
    """The fields that differ, in the order of the newer text; empty when the two say the same.

    versions: long passages that both have are left out, and what takes long to fetch, such as the
    words in a file, is compared too.
    """
    kind = kinds.of(after.kind)
    was, now = kind.words(before), kind.words(after)
    if versions:
        was, now = [*was, *kind.more_words(before)], [*now, *kind.more_words(after)]
    old, new = ({each.key: each for each in words} for words in (was, now))
    found = []
    for key, field in {**new, **{key: old[key] for key in old if key not in new}}.items():
        none = Words(key, field.label, "")
        change = _change(old.get(key, none), new.get(key, none), folded=versions)
        if change is not None:
            found.append(change)
    return found


def _change(old: Words, new: Words, folded: bool) -> Change | None:
    label = new.label
    if old.text != new.text:
        return Change(new.key, label, diff.words(old.text, new.text, folded=folded))
    if old.html != new.html:
        said = _("The words are the same; what they look like, a link or a picture differs.")
    elif old.held != new.held:
        said = _("Another file of the same name.")
    else:
        return None
    return Change(new.key, label, Markup("<em>{}</em>").format(escape(said)))
