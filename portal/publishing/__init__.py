"""Making news and documents from a space's own texts."""

from portal.publishing.room import install

__all__ = ["install"]
