from flask import Flask

from portal.home.views import bp


def install(app: Flask) -> None:
    app.register_blueprint(bp)
