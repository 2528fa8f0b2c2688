"""Policies: who may do what, stated once in three forms; and the two ways to ask."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement
from werkzeug.exceptions import Forbidden, NotFound

from portal.access.viewer import Action, Viewer, current_viewer
from portal.kernel.database import db
from portal.kernel.links import NUMBER_MAX

T = TypeVar("T")


class Policy(Protocol):
    """One rule in three forms; a test proves that they agree."""

    def allows(self, viewer: Viewer, action: Action, item: Any) -> bool:
        """For one item."""

    @property
    def readable(self) -> ColumnElement[bool]:
        """For a list: SQL over names bound from `viewer.params` and the clock (`:now`)."""

    def audience(self, item: Any) -> frozenset[str]:
        """For the index: tokens. Empty means that nobody reads it and it is not indexed."""


_policies: dict[type, Policy] = {}
_missed: dict[type, Callable[[Viewer, Any], None]] = {}


def register(
    model: type, policy: Policy, missed: Callable[[Viewer, Any], None] | None = None
) -> None:
    """State the policy of a model. A subclass uses its nearest ancestor's.

    missed: answers who may not read an item any more, before she is told that there is none.
    """
    if model in _policies and _policies[model] is not policy:
        raise RuntimeError(f"{model.__name__} has a policy already; a kind narrows it, see content")
    _policies[model] = policy
    if missed is not None:
        _missed[model] = missed


def policy_of(item: object) -> Policy:
    """The policy of an item; a model without one is an error, never «everyone»."""
    for cls in type(item).__mro__:
        if cls in _policies:
            return _policies[cls]
    raise RuntimeError(f"{type(item).__name__} has no policy")


def may(viewer: Viewer, action: Action, item: object) -> bool:
    """Whether the viewer may; for showing or hiding a button."""
    return policy_of(item).allows(viewer, action, item)


def require(viewer: Viewer, action: Action, item: object) -> None:
    """Stop a service: 404 for those who may not even read the item, 403 for its readers."""
    policy = policy_of(item)
    if policy.allows(viewer, action, item):
        return
    if action is not Action.READ and policy.allows(viewer, Action.READ, item):
        raise Forbidden
    raise NotFound


def fetch(model: type[T], ident: int, action: Action = Action.READ) -> T:
    """Load an item for the current viewer, or stop with 404 or 403."""
    item = db.session.get(model, ident) if 0 < ident <= NUMBER_MAX else None
    if item is None:
        raise NotFound
    viewer = current_viewer()
    try:
        require(viewer, action, item)
    except NotFound:
        if model in _missed:
            _missed[model](viewer, item)
        raise
    return item
