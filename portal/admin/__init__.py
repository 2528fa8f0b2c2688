from portal.admin.room import install

__all__ = ["install"]
