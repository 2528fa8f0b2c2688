"""What a new space begins with: three common kinds of room, and an empty one."""

from dataclasses import dataclass
from typing import Any

from portal.kernel.i18n import _l


@dataclass(frozen=True)
class Starter:
    """A template: what the form of a new space shows at first. All of it can be changed there.

    takes: whom the form asks for beside the manager: "unit", "partners" or nobody.
    """

    key: str
    label: Any
    hint: Any
    purpose: Any  # an example, beside the field
    icon: str
    features: tuple[str, ...] = ()
    joining: str = "invitation"
    is_listed: bool = True
    review_required: bool = False
    takes: str = ""


STARTERS = (
    Starter(
        "unit",
        _l("Room of a unit"),
        _l("All people of a unit work in it and come and go with it; its head keeps it."),
        _l("For example: “The desk of the unit: plans, drafts and answers to journalists.”"),
        "tree-structure",
        features=("pages", "discussions", "tasks", "board", "plan"),
        joining="request",
        review_required=True,
        takes="unit",
    ),
    Starter(
        "project",
        _l("Team of a project"),
        _l("People of several units for a time. Whoever wants to help asks, the manager lets in."),
        _l("For example: “The team that renews the library by the end of 2027.”"),
        "users-three",
        features=("pages", "discussions", "tasks"),
        joining="request",
    ),
    Starter(
        "partners",
        _l("Working group with partners"),
        _l("Our people and whole partner organisations, until a day. Others see nothing of it."),
        _l("For example: “We compare how public hearings are held and what came of them.”"),
        "handshake",
        features=("pages", "discussions", "tasks"),
        is_listed=False,
        takes="partners",
    ),
    Starter(
        "empty",
        _l("Empty space"),
        _l("Everything is chosen below; also for another intranet or extranet."),
        "",
        "plus-circle",
    ),
)
BY_KEY = {each.key: each for each in STARTERS}
