"""What reviewing of every kind installs: its mails, the page behind their links, the versions."""

from flask import Flask

from portal.content import steps
from portal.review import mail_views, mails
from portal.review.versions import writing_now
from portal.review.views import bp


def install(app: Flask) -> None:
    app.extensions[mail_views.LIMIT] = mail_views.new_limit()
    app.register_blueprint(bp)
    app.jinja_env.globals.update(writing_now=writing_now)
    mails.install()
    steps.on("submitted", mails.submitted)
    steps.on("returned", mails.returned)
