"""Built front-end files by their plain names: `asset("app.js")`."""

import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

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

    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
