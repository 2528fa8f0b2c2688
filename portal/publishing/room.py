"""What the room installs: publishing a text of a space as news or a document."""

from flask import Flask

from portal.publishing import views


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.jinja_env.globals["publishing_box"] = views.box
