"""Must-read items: asked of people, groups and spaces, confirmed, followed up."""

from portal.confirming.room import install

__all__ = ["install"]
