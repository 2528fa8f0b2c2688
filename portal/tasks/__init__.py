"""Tasks of a space, its measures and goals."""

from portal.tasks.room import install

__all__ = ["install"]
