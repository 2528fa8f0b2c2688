"""What a board or list is asked for: whose tasks, of which measure, late ones, by words."""

from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.kernel import clock
from portal.kernel.links import NUMBER_MAX
from portal.kernel.text import shown
from portal.tasks.models import OPEN, TaskState

NOBODY = -1  # as owner: the tasks that nobody has; as measure: those of none
WORDS_MAX = 100
SORTS = ("due", "state", "owner")
OPEN_ONES, EVERY = "open", "all"


@dataclass(frozen=True)
class Asked:
    owner: int = 0
    measure: int = 0
    is_late: bool = False
    words: str = ""
    state: str = OPEN_ONES  # of the list: a state, or the open ones, or all
    sort: str = "due"
    page: int = 1

    @property
    def params(self) -> dict[str, Any]:
        """Values of the names that the statements bind."""
        escaped = "".join(f"/{sign}" if sign in "/%_" else sign for sign in self.words.lower())
        return {
            "owner": self.owner,
            "measure": self.measure,
            "late": int(self.is_late),
            "words": f"%{escaped}%",
            "today": clock.today(),
        }

    @property
    def states(self) -> list[str]:
        if self.state == EVERY:
            return [*TaskState]
        return [*OPEN] if self.state == OPEN_ONES else [self.state]

    @property
    def query(self) -> dict[str, Any]:
        """The same as values of an address, without what goes without saying."""
        return {
            "owner": self.owner or None,
            "measure": self.measure or None,
            "late": int(self.is_late) or None,
            "q": self.words or None,
        }

    @property
    def is_narrow(self) -> bool:
        """Whether some tasks are filtered away."""
        return any(self.query.values())

    def with_(self, **changes: Any) -> "Asked":
        return replace(self, **changes)


def asked(args: MultiDict[str, str]) -> Asked:
    """Read an address; what makes no sense there is as if it were not."""
    state, sort = args.get("state", ""), args.get("sort", "")
    return Asked(
        owner=_number(args.get("owner", "")),
        measure=_number(args.get("measure", "")),
        is_late=args.get("late") == "1",
        words=shown(" ".join(args.get("q", "")[:WORDS_MAX].split())),
        state=state if state in (*TaskState, EVERY) else OPEN_ONES,
        sort=sort if sort in SORTS else SORTS[0],
        page=max(1, _number(args.get("page", ""))),
    )


def _number(typed: str) -> int:
    if typed == str(NOBODY):
        return NOBODY
    return (
        min(int(typed), NUMBER_MAX)
        if typed.isascii() and typed.isdigit() and len(typed) < 11
        else 0
    )
