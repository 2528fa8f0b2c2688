from portal.news.room import install

__all__ = ["install"]
