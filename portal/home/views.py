"""The home page and what belongs to the house as a whole."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from portal.access.doors import public
from portal.kernel.database import db

bp = Blueprint("home", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The process can serve: the database answers."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
