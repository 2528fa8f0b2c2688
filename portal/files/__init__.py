"""Files: stored by content, shown only to readers of a text that holds them."""

from portal.files.room import install

__all__ = ["install"]
