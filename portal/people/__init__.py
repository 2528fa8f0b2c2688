from portal.people.room import install

__all__ = ["install"]
