"""The house: `create_app()` is a list of steps; ROOMS names every room."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import (
    admin,
    comments,
    communication,
    confirming,
    discussions,
    documents,
    editorial,
    files,
    home,
    jobs,
    news,
    notify,
    pages,
    people,
    placing,
    practices,
    publishing,
    reading,
    review,
    search,
    seeing,
    signin,
    tasks,
    workspaces,
)
from portal.access import doors
from portal.accounts import policy as _accounts_policy  # noqa: F401  registers who sees whom
from portal.content import policy as _content_policy  # noqa: F401  and who reads what
from portal.kernel import (
    assets,
    config,
    database,
    errors,
    forms,
    headers,
    i18n,
    links,
    log,
    templates,
)
from portal.spaces import policy as _spaces_policy  # noqa: F401  and who enters where

# Rooms know nothing of one another; the shell (home, admin) makes pages of many.
MACHINERY = (files, jobs, notify, search, reading, confirming, comments, review)
ROOMS = (
    signin, seeing, people, workspaces, placing, news, documents, practices,
    pages, discussions, tasks, editorial, communication, publishing,
)  # fmt: skip
SHELL = (home, admin)

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGED = Path(__file__).resolve().parent / "_data"
DATA = CHECKOUT if (CHECKOUT / "templates").is_dir() else PACKAGED


class Portal(Flask):
    """Nothing here is a coroutine: Flask need not look at each of a request's functions anew."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(instance: Path | None = None, overrides: dict[str, Any] | None = None) -> Flask:
    """The portal of one instance folder.

    instance: everything the installation owns; default `config.default_instance()`.
    overrides: Flask configuration for tests. Raises ConfigError when it cannot run.
    """
    instance = instance or config.default_instance()
    settings = config.load(instance, overrides)
    app = Portal(
        "portal",
        instance_path=str(instance),
        template_folder=str(DATA / "templates"),
        static_folder=str(DATA / "static" / "dist"),
        static_url_path="/static",
    )
    app.config.update(settings)
    _cookies(app)
    templates.install(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (log, database, i18n, assets, links, headers, errors, doors):
        part.install(app)
    for room in (*MACHINERY, *ROOMS, *SHELL):
        room.install(app)
    guard = forms.install(app)  # after sign-in: its refusal is a page too, in the viewer's language
    for view in app.view_functions.values():
        if getattr(view, doors.BY_TOKEN, False):
            guard.exempt(view)
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _cookies(app: Flask) -> None:
    secure = app.config["BASE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-portal" if secure else "portal",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=30 * 24 * 3600,  # seconds
        MAX_CONTENT_LENGTH=app.config["UPLOAD_LIMIT_MB"] * config.MIB,
        MAX_FORM_MEMORY_SIZE=2 * config.MIB,  # a long text with tables is under 1 MiB
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a draft may stay open all day
        WTF_CSRF_SSL_STRICT=False,  # SameSite cookies and the token suffice behind a proxy
    )
