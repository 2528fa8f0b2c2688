"""The viewer: who looks, and every fact about her that a policy may use."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any

from flask import g

from portal.kernel import clock

DAYS_NEAR = 30  # how long before its end people are told of an agreement


class Role(IntEnum):
    """Roles in a space nest: each holds what the lower ones may."""

    READER = 1
    CONTRIBUTOR = 2
    EDITOR = 3
    MANAGER = 4


class Action(StrEnum):
    READ = "read"
    EDIT = "edit"
    REVIEW = "review"
    PUBLISH = "publish"  # put a new text of an item before its readers
    RELEASE = "release"  # that, and decide about the item as a whole
    PLACE = "place"
    PIN = "pin"
    TRASH = "trash"
    RESTORE = "restore"
    CREATE = "create"
    MANAGE = "manage"


@dataclass(frozen=True)
class Viewer:
    """A signed-in person, or a visitor when `user_id` is None. Made only by `spaces.viewers`."""

    user_id: int | None = None
    session_id: int | None = None
    login: str = ""
    name: str = ""
    given: str = ""
    latin_name: str = ""  # both names again, for readers of English
    given_latin: str = ""
    language: str | None = None
    organisation_id: int | None = None
    agreement_end: date | None = None  # the last day on which her organisation is let in
    is_staff: bool = False
    is_admin: bool = False
    is_coordinator: bool = False
    unread: int = 0  # notices that she has not opened
    alerts_hidden: str = ""  # numbers of those that she does not want before her any more
    roles: dict[int, Role] = field(default_factory=dict)
    reviews: frozenset[int] = frozenset()  # spaces whose named reviewers she belongs to
    groups: frozenset[int] = frozenset()  # her units and groups, and every unit above
    peers: frozenset[int] = frozenset()  # people who share a workspace with her
    headed: frozenset[int] = frozenset()  # units that she heads or deputises
    extranets: frozenset[int] = frozenset()  # those that she edits
    # Who looks with this person's eyes, and until when; see spaces.seeing. Nothing can be changed.
    seen_by: "Viewer | None" = None
    seen_until: datetime | None = None

    # What Flask-Login asks of a user.
    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    @property
    def is_active(self) -> bool:
        return self.user_id is not None

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    def get_id(self) -> str:
        raise NotImplementedError("sign-in stores the session's token, see signin.services")

    @property
    def days_left(self) -> int | None:
        """How many days of her organisation's agreement follow today; None when none is near."""
        if self.agreement_end is None:
            return None
        days = (self.agreement_end - clock.today()).days
        return days if days <= DAYS_NEAR else None

    @property
    def real(self) -> "Viewer":
        """Who sits at the keyboard: whoever borrows these eyes, else the person herself."""
        return self.seen_by or self

    def role_in(self, space_id: int) -> int:
        """Her role in a space as a number, 0 for none."""
        return int(self.roles.get(space_id, 0))

    def spaces_as(self, role: Role) -> list[int]:
        """The spaces where she holds at least this role."""
        return [space for space, held in self.roles.items() if held >= role]

    @cached_property
    def params(self) -> dict[str, Any]:
        """Values of the names bound in every policy's SQL form, without the clock."""
        return {
            "viewer_id": self.user_id or 0,
            "viewer_org": self.organisation_id or 0,
            "reads": self.spaces_as(Role.READER),
            "contributes": self.spaces_as(Role.CONTRIBUTOR),
            "edits": self.spaces_as(Role.EDITOR),
            "reviews": list(self.reviews),
            "peers": list(self.peers),
        }

    @cached_property
    def tokens(self) -> frozenset[str]:
        """What the index is asked with: an item is hers when its audience holds one of these.

        `members:` tokens count only inside the item's visibility times, the others always.
        """
        if self.user_id is None:
            return frozenset()
        return frozenset(
            [f"members:{s}" for s in self.spaces_as(Role.READER)]
            + [f"editors:{s}" for s in self.spaces_as(Role.EDITOR)]
            + [f"own:{s}:{self.user_id}" for s in self.spaces_as(Role.CONTRIBUTOR)]
            + [f"contributors:{s}" for s in self.spaces_as(Role.CONTRIBUTOR)]
            + [f"reviewers:{s}" for s in self.reviews]
            + [f"person:{p}" for p in self.peers]
            + [f"person:{self.user_id}", f"org:{self.organisation_id}", "contacts"]
        )


VISITOR = Viewer()
_here = g._get_current_object  # noqa: SLF001  past the proxy


def current_viewer() -> Viewer:
    """The viewer of this request; a visitor when nobody is signed in."""
    try:
        viewer: Viewer = _here().viewer
    except (AttributeError, RuntimeError):  # none yet, or no request
        return VISITOR
    return viewer
