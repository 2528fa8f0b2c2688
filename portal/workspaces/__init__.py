from portal.workspaces.room import install

__all__ = ["install"]
