from portal.notify.room import install

__all__ = ["install"]
