"""The shell: the home page and the frame around every page."""

from flask import Flask

from portal.home import frame
from portal.home.views import bp
from portal.kernel import menu
from portal.kernel.i18n import _l


def install(app: Flask) -> None:
    app.register_blueprint(bp)
    app.context_processor(frame.context)
    menu.add(app, menu.Place(_l("Home"), "home.index", 10))
