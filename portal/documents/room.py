"""The documents room: its pages, its kind of content, its place in the search."""

from flask import Flask

from portal.documents import adding, browsing, filing, handling, kind, uploading, views
from portal.documents.search import DocumentSearch
from portal.kernel import menu
from portal.kernel.i18n import _l
from portal.notify import notices
from portal.search import registry
from portal.spaces import features

# Imported for what they register.
__all__ = ["adding", "browsing", "filing", "handling", "install", "kind", "uploading"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    registry.register(DocumentSearch())
    notices.register("document", _l("Documents"), notices.of_content, "portal")
    menu.add(app, menu.Place(_l("Documents"), "documents.index", 25))
    features.add(
        features.Feature(
            "documents", _l("Documents"), "documents.folder", "folder", 10, always=True
        )
    )
