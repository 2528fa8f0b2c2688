"""Mail: the job that sends it."""

from flask import Flask

from portal import jobs
from portal.notify import services


def install(app: Flask) -> None:
    jobs.handler("mail.send")(services.send)
