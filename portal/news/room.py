"""The news room: its pages, its kind of content, its place in the search."""

from flask import Flask

from portal.kernel import menu
from portal.kernel.i18n import _l
from portal.news import keeping, kind, views, writing
from portal.news.search import NewsSearch
from portal.notify import notices
from portal.search import registry

# Imported for what they register.
__all__ = ["install", "keeping", "kind", "writing"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    registry.register(NewsSearch())
    notices.register("news", _l("News"), notices.of_content)
    menu.add(app, menu.Place(_l("News"), "news.index", 20))
