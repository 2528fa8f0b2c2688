"""Documents: folders of files in spaces, read by the machine and found by their words."""

from portal.documents.room import install

__all__ = ["install"]
