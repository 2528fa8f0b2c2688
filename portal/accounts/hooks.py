"""What higher floors want to know or forbid about people; accounts imports none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from portal.access import Viewer
from portal.accounts.models import Group, User


@dataclass(frozen=True)
class Holding:
    """Something that a person holds and a successor takes over.

    label: what it is, translated when shown; name: which one, "" when it is not for the reader's
    eyes; number: how many of them stand behind the line.
    """

    label: Any
    name: str = ""
    number: int = 1


class Estate(Protocol):
    """What one floor knows of a person's belongings."""

    def holdings(self, user: User, viewer: Viewer) -> list[Holding]:
        """What she holds, as the viewer may see it."""

    def hand_over(self, user: User, successor: User, by: Viewer) -> None:
        """Give it to the successor, inside the transaction of her retirement."""


# Called by services inside their transaction; each is added once, when its module is imported.
on_retire: list[Estate] = []
# A person is about to join groups (her unit counts): may write journal lines or raise Refused.
on_join: list[Callable[[User, Group, Viewer], None]] = []
# A group is about to be retired: may raise Refused with the reason against it.
on_group_retire: list[Callable[[Group], None]] = []
# A person whom another one entered is to get her way in, by mail: signin knows how.
on_welcome: list[Callable[[User, Viewer], object]] = []
