"""What follows the steps of a text of any kind. Machinery registers here, in its `install()`.

A function gets the text (for `trash`, `restore` and `purge` the item) and who acts, inside the
step's transaction.
`check`, `trash`, `restore` and `purge` come before their step, and the first two may raise Refused;
the others come after it; `rescheduled` may raise Refused too. Nobody acts in `purge`: the worker
does.
"""

from collections.abc import Callable
from typing import Any, Literal

from portal.access import Viewer

Step = Literal[
    "check",
    "submitted",
    "returned",
    "approved",
    "released",
    "rescheduled",
    "trash",
    "restore",
    "purge",
]
_following: dict[str, dict[Callable[[Any, Any], None], None]] = {}


def on(step: Step, function: Callable[[Any, Any], None]) -> None:
    """Call a function at a step; registering it again changes nothing."""
    _following.setdefault(step, {})[function] = None


def reached(step: Step, what: Any, by: Viewer | None) -> None:
    for function in _following.get(step, ()):
        function(what, by)
