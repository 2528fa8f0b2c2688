"""Good practices: what partners did, what came of it, and what others may take over."""

from portal.practices.room import install

__all__ = ["install"]
