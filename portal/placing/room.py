"""Where items of every kind are shown: their places, and what a partner will see of them."""

from flask import Flask

from portal.placing import audience_views, previewing
from portal.placing.views import bp

# Imported for what it registers.
__all__ = ["audience_views", "install", "previewing"]


def install(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(audience_box=audience_views.box)
