"""The communication plan as a live register."""

from portal.communication.room import install

__all__ = ["install"]
