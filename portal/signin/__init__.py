from portal.signin.room import install

__all__ = ["install"]
