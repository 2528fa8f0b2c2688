"""Hits that were shown lately, kept until anything that is searched changes.

What a hit shows is worked out of the item, as the policy gave it to this reader, and of texts and
files whose every change stands in the change log. So the whole item names what is kept, together
with the newest change: what one reader is shown of an item reaches another only where hers is the
same in all its parts, and never for longer than it is true.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

from flask import current_app

from portal.access.site import site
from portal.content.listing import Item
from portal.kernel import clock
from portal.kernel.i18n import language
from portal.kernel.transaction import in_transaction
from portal.search.kept import Kept
from portal.search.protocol import Shown

BYTES = 16 * 1024 * 1024  # in each process
WorkOut = Callable[[list[Item]], Mapping[int, Shown]]
_whole = attrgetter(*Item.__slots__)


def hits(
    items: Sequence[Item], pages: Mapping[int, int], newest: int, work_out: WorkOut
) -> dict[int, Shown]:
    """The items as hits, by number; `work_out` makes those that are not kept.

    newest: the last change that was visible when the policy was asked.
    """
    if in_transaction():  # what a service is writing may be undone
        return dict(work_out(list(items)))
    kept = _kept()
    state = newest, site().version, language(), clock.today()
    names = {item.id: (state, pages.get(item.id), _whole(item)) for item in items}
    found: dict[int, Shown] = {}
    missing = []
    for item in items:
        known = kept.known(names[item.id])
        if known is None:
            missing.append(item)
        else:
            found[item.id] = known
    if missing:
        for ident, hit in work_out(missing).items():
            found[ident] = kept.keep(names[ident], hit, 1_000 + 2 * len(hit.text))
    return found


def _kept() -> Kept:
    kept: Kept | None = current_app.extensions.get("search hits")
    if kept is None:
        kept = current_app.extensions["search hits"] = Kept(BYTES)
    return kept
