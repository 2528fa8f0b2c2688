"""Where items of every kind are shown: their places, and what a partner will see of them."""

from flask import Flask

from portal.placing import previewing
from portal.placing.views import bp

# Imported for what it registers.
__all__ = ["install", "previewing"]


def install(app: Flask) -> None:
    app.register_blueprint(bp)
