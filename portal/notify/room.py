"""Mail: the job that sends it."""

from flask import Flask

from portal import jobs
from portal.notify import bell, sending


def install(app: Flask) -> None:
    jobs.handler("mail.send")(sending.send)
    jobs.handler("mail.send_all")(sending.send_all)
    bell.install(app)
