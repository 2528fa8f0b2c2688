"""The library of practices, and a practice's page."""

from flask import Blueprint

bp = Blueprint("practices", __name__, url_prefix="/practices")
