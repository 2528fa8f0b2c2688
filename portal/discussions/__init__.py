"""Discussions in a space and what was decided."""

from portal.discussions.room import install

__all__ = ["install"]
