"""Comments under an item, in threads."""

from portal.comments.room import install

__all__ = ["install"]
