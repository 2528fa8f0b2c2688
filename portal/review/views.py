"""The versions of an item: what was released, what changed, and back to an earlier text."""

from flask import Blueprint

bp = Blueprint("review", __name__)
