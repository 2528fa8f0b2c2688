from portal.seeing.room import install

__all__ = ["install"]
