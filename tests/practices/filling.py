"""Filling in the practice form as a browser does: what it sends, what its pages show."""

import html
import io
import re

from PIL import Image
from sqlalchemy import select

from portal.kernel.database import db
from portal.practices import record as records
from portal.practices import services
from portal.practices.models import PracticeRevision


def latest() -> PracticeRevision:
    db.session.rollback()
    newest = select(PracticeRevision).order_by(PracticeRevision.id.desc())
    return db.session.scalars(newest).first()


def sent(values, **more) -> dict[str, object]:
    """Raw values of a step as a browser sends them."""
    found: dict[str, object] = {}
    for key, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            found[f"{key}-rows"] = ""
            for number, row in enumerate(value):
                found |= {f"{key}-{number}-{column}": cell for column, cell in row.items()}
        else:
            found[key] = value
    return {**found, **more}


def path(text, step="about", what="edit") -> str:
    return f"/practices/{text.content_id}/{what}/{step}"


def sealed(text, step="about", **values) -> dict[str, object]:
    part = records.step_of(step, bool(text.record.get("failed")))
    return sent(values, seal=services.step_seal(text, part))


def shown(page: str, name: str) -> str:
    """What stands in a control of a page."""
    field = re.search(rf'<input[^>]*name="{name}" value="([^"]*)"', page)
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?([^<]*)</textarea>', page)
    found = field or area
    assert found, f"no control {name}"
    return html.unescape(found[1]).strip()


def png(colour="teal") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, "PNG")
    out.seek(0)
    return out
