from portal.home.room import install

__all__ = ["install"]
