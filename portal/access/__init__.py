"""Who may do what: viewers, actions, policies, doors."""

from portal.access.policy import fetch, may, policy_of, register, require
from portal.access.viewer import VISITOR, Action, Role, Viewer, current_viewer

__all__ = [
    "VISITOR",
    "Action",
    "Role",
    "Viewer",
    "current_viewer",
    "fetch",
    "may",
    "policy_of",
    "register",
    "require",
]
