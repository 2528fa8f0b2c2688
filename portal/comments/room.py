"""Comments under an item, in threads."""

from flask import Flask

from portal.comments import box, models, notices, policy, views

# Imported for what they register.
__all__ = ["install", "models", "policy"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.jinja_env.globals["comments_of"] = box.comments_of
    notices.register()
