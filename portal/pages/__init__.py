"""The pages of a space: a tree of texts."""

from portal.pages.room import install

__all__ = ["install"]
