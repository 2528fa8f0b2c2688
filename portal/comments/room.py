"""Comments under an item, in threads."""

from flask import Flask

from portal.comments import attaching, box, models, notices, policy, views
from portal.files import holders

# Imported for what they register.
__all__ = ["install", "models", "policy"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.jinja_env.globals["comments_of"] = box.comments_of
    notices.register()
    holders.register(
        "comment",
        holders.Holder(models.CommentFile.file_id, attaching.holding, attaching.found_by),
    )
