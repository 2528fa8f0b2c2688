"""Mail: the jobs that send it and read what came back."""

from flask import Flask

from portal import jobs
from portal.notify import bell, bounces, digest, published, sending, unsubscribing_views


def install(app: Flask) -> None:
    jobs.handler("mail.send")(sending.send)
    jobs.handler("mail.send_all")(sending.send_all)
    bell.install(app)
    published.install()
    digest.install()
    bounces.install()
    app.register_blueprint(unsubscribing_views.bp)
