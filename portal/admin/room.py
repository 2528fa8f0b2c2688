"""The administrator's pages. Only the shell may import rooms."""

from flask import Flask

from portal.admin import alert_views
from portal.admin.views import bp
from portal.kernel import menu
from portal.kernel.i18n import _l


def install(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(alert_views.bp)
    menu.add(app, menu.Place(_l("Administration"), "admin.index", 90, "administrators"))
