"""Before an item is published: who may read it, who must, who will be told and how.

Nothing here knows a rule. Who reads is what `content.readers` gives to whoever tells and asks, who
must is what `confirming` asks, and who is told is what `notify.spreading` will tell.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from portal.access import Action, Viewer, may
from portal.confirming import audience as confirming
from portal.content.models import Content
from portal.content.readers import once_open
from portal.notify import spreading
from portal.placing import people
from portal.placing.people import Table
from portal.spaces.readers import Town

BY_MAIL = ("now", "daily")
# In the order in which the page shows them.
MARKS = ("read", "must", "now", "daily", "portal", "addressless")


@dataclass(frozen=True)
class Preview:
    """Whom an item will reach. The people stand in `table`, under these marks:

    read: may read it; must: must read and confirm it; now, daily, portal: is told, by mail at
    once, in the daily digest, in the portal alone; addressless: would be told by mail and has no
    address; outside: must read it and may not, which stops its release.
    """

    table: Table
    outside: Table
    is_first: bool  # whether its release tells of it; a later one tells nobody again
    asks: bool  # whether its release asks people to confirm
    deadline: datetime | None
    in_both: int  # must read it and follow it, too: told once
    in_several: int  # read it in more than one space: told once
    shared: int  # addresses that get more than one mail, of people who share them

    @property
    def told(self) -> int:
        counts = self.table.total.counts
        return counts["now"] + counts["daily"] + counts["portal"]


def preview(item: Content, viewer: Viewer, language: str) -> Preview:
    """Whom an item will reach once its text at work in a language, or another one, is released.

    viewer: who looks and would release it. For whoever may edit or review it; the caller asks.
    Six statements, however many people and spaces.
    """
    town = Town(viewer)
    through = once_open(item.id, town)
    readers: Set[int] = set().union(*through.values())
    wanted = confirming.wanted(item.id)
    chosen = confirming.people_of(wanted.targets, town, through) if wanted else set()
    must, is_first = chosen & readers, spreading.is_first(item)
    ways: dict[int, str] = {}
    if is_first:
        releases = may(viewer, Action.RELEASE, item) or may(viewer, Action.REVIEW, item)
        ways = spreading.receivers(
            item, viewer.user_id if releases else None, through=through, beforehand=language
        )
    in_both = len(must & ways.keys())
    asks = wanted is not None and (wanted.is_wished or is_first)
    if asks:
        ways |= dict.fromkeys(must, "now")
    by_mail = {person for person, way in ways.items() if way in BY_MAIL}
    addresses = Counter(town.people[each].email for each in by_mail if town.people[each].email)
    marked: dict[str, Collection[int]] = {"read": readers, "must": must}
    for way in ("now", "daily", "portal"):
        marked[way] = {person for person, hers in ways.items() if hers == way}
    marked["addressless"] = {each for each in by_mail if not town.people[each].email}
    return Preview(
        table=people.table(town, marked, viewer),
        outside=people.table(town, {"outside": chosen - readers}, viewer),
        is_first=is_first,
        asks=asks,
        deadline=wanted.deadline if wanted else None,
        in_both=in_both,
        in_several=_in_several(through),
        shared=sum(number > 1 for number in addresses.values()),
    )


def _in_several(through: Mapping[int, Set[int]]) -> int:
    spaces = Counter(person for readers in through.values() for person in readers)
    return sum(number > 1 for number in spaces.values())
