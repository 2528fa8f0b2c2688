from portal.placing.room import install

__all__ = ["install"]
