"""Built front-end files by their plain names: `asset("app.js")`.

The build packs text files beside themselves; a browser that unpacks gets them packed, so that the
first visit is light also where no proxy compresses.
"""

import json
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from markupsafe import Markup
from werkzeug.security import safe_join

YEAR = 31_536_000  # seconds


def install(app: Flask) -> None:
    manifest_path = Path(app.static_folder or "") / "manifest.json"
    names: dict[str, Any] = {}
    if manifest_path.is_file():
        names = json.loads(manifest_path.read_text(encoding="utf-8"))
    elif not app.testing:
        raise RuntimeError(
            "The front-end files are not built. Run `uv sync` (it builds them); see README.md."
        )

    def asset(name: str) -> str:
        """The address of a built file. Its name holds a hash, so it may be kept for a year."""
        return f"/static/{names.get(name, name)}"

    @lru_cache(maxsize=1_000)
    def svg_icon(name: str, kind: str = "") -> Markup:
        """An icon of the sprite, decoration beside a word; names stand in static/src/icons.json."""
        svg = '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>'
        return Markup(svg).format(f" icon--{kind}" if kind else "", asset("icons.svg"), name)

    app.jinja_env.globals.update(asset=asset, svg_icon=svg_icon)
    app.view_functions["static"] = _send
    app.after_request(_keep)


def _send(filename: str) -> Response:
    packed = f"{filename}.gz"
    path = safe_join(current_app.static_folder or "", packed)
    has_packed = path is not None and Path(path).is_file()
    if not has_packed or not request.accept_encodings.quality("gzip"):
        response = current_app.send_static_file(filename)
    else:
        response = current_app.send_static_file(packed)
        response.content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        response.headers["Content-Encoding"] = "gzip"
    if has_packed:
        response.vary.add("Accept-Encoding")
    return response


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
