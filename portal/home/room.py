"""The shell: the home page and the frame around every page."""

from ipaddress import ip_address

from flask import Flask, request
from werkzeug.exceptions import Forbidden

from portal.home import frame
from portal.home.views import bp
from portal.kernel import menu
from portal.kernel.i18n import _l


def install(app: Flask) -> None:
    app.register_blueprint(bp)
    app.context_processor(frame.context)
    if app.config["DEMO"]:
        app.before_request(_this_machine_only)
    menu.add(app, menu.Place(_l("Home"), "home.index", 10))


def _this_machine_only() -> None:
    """The demo's people share one password that the terminal shows: it is for this machine.

    `portal run` refuses another address; this holds behind any other server too.
    """
    if not ip_address(request.remote_addr or "::").is_loopback:
        raise Forbidden
