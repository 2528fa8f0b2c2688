"""A browser for tests without a browser: one context a request, a token for each form."""

import secrets
from typing import Any

from flask import session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from portal.accounts.models import UserSession
from portal.kernel.database import db
from portal.signin.room import TOKEN
from portal.spaces.viewers import token_hash
from tests.support.pages import check_answer

SAFE = ("GET", "HEAD", "OPTIONS")


class Browser(FlaskClient):
    """Checks every HTML page that it fetches; sends the token of its session with each form.

    Set `checks = False` for a page that is wrong on purpose, `csrf = False` to send no token.
    """

    checks = True
    csrf = True

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if db.session.registry.has():
            db.session.rollback()  # the test's own reading must neither lock nor look back
        method = str(kwargs.get("method", "GET")).upper()
        if self.csrf and method not in SAFE and args and isinstance(args[0], str):
            kwargs["headers"] = {"X-CSRFToken": self.token(), **dict(kwargs.get("headers") or {})}
        kwargs.setdefault("buffered", True)  # files are read to the end and closed
        # A context of its own, so that nothing in `g` outlives the request.
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if db.session.registry.has():
            db.session.rollback()
        if self.checks:
            check_answer(response)
        return response

    def token(self) -> str:
        """A token that the forms of this session carry."""
        with self.application.app_context(), self.session_transaction() as kept:
            raw = kept.setdefault("csrf_token", secrets.token_hex(20))
        # In a context of its own too: the token is remembered in `g`, and each browser has another.
        with self.application.app_context(), self.application.test_request_context():
            session["csrf_token"] = raw
            return str(generate_csrf())


def begin_session(user_id: int) -> str:
    """Write a session of this person; its token."""
    token = secrets.token_urlsafe(32)
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    db.session.add(UserSession(token_hash=token_hash(token), user_id=user_id, device="Test"))
    db.session.commit()
    return token


def signed_in(client: Browser, user_id: int) -> Browser:
    token = begin_session(user_id)
    with client.application.app_context(), client.session_transaction() as kept:
        kept[TOKEN] = token
        kept["_fresh"] = True
    return client
