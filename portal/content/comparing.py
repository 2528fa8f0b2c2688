"""What changed between two texts of an item, field by field; the same for every kind."""

from typing import NamedTuple

from markupsafe import Markup, escape

from portal.access import Viewer
from portal.content import kinds, linking
from portal.content.kinds import Words
from portal.content.models import Revision
from portal.kernel import diff
from portal.kernel.i18n import _
from portal.kernel.text import plain


class Change(NamedTuple):
    """A field that differs. html: the newer words with <ins> and <del>; None when both are too
    long to compare."""

    key: str
    label: str
    html: Markup | None


def changes(
    before: Revision, after: Revision, viewer: Viewer | None, *, versions: bool = False
) -> list[Change]:
    """The fields that differ, in the order of the newer text; empty when the two say the same.

    viewer: who reads them; None when she is not signed in. Links tell her titles as in the text.
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
        was_said, said = (_read(each.get(key, none), viewer) for each in (old, new))
        change = _change(was_said, said, folded=versions)
        if change is not None:
            found.append(change)
    return found


def _read(words: Words, viewer: Viewer | None) -> Words:
    """A field as its reader knows it: links by number are called as their items."""
    html = words.html
    shown = linking.for_anybody(html) if viewer is None else linking.shown(html, viewer)
    return words if shown == html else words._replace(text=plain(shown))


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
