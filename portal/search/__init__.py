from portal.search.room import install

__all__ = ["install"]
