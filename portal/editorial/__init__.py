"""The editorial board and its calendar."""

from portal.editorial.room import install

__all__ = ["install"]
