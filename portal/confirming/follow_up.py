"""What follows the asking: progress, reminders, the list for signing."""

from flask import Flask

from portal.confirming import progress_views, reminder_mails


def install(app: Flask) -> None:
    app.register_blueprint(progress_views.bp)
    reminder_mails.install()
