"""The form token of looking is another one than her own.

A form seen with borrowed eyes cannot be sent later with her own hand; and a form of her own that
waits in another window can, once she sees with her own eyes again.
"""

from flask import current_app, g, session

_OWN = "own_form_token"


def _name() -> str:
    return str(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"))


def set_aside() -> None:
    """Begin with a new token; the old one waits."""
    session.pop("seen_language", None)
    if (own := session.pop(_name(), None)) is not None:
        session[_OWN] = own
    g.pop(_name(), None)


def take_back() -> None:
    """Her own token again; that of looking is forgotten."""
    session.pop("seen_language", None)
    session.pop(_name(), None)
    if (own := session.pop(_OWN, None)) is not None:
        session[_name()] = own
    g.pop(_name(), None)
