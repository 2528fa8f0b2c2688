"""The practices room: its pages, its kind of content, its place in the search."""

from flask import Flask

from portal.kernel import menu
from portal.kernel.i18n import _l
from portal.notify import notices as bell
from portal.practices import handling, kind, notices, question_views, reviewing, views, writing
from portal.practices.search import PracticeSearch
from portal.search import registry

# Imported for what they register.
__all__ = ["handling", "install", "kind", "question_views", "reviewing", "writing"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    registry.register(PracticeSearch())
    bell.register("practice", _l("Good practices"), bell.of_content)
    menu.add(app, menu.Place(_l("Good practices"), "practices.index", 22))
    notices.install()
