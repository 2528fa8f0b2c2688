"""A signed order from its file to whom it concerns on one page: what cannot be asked is said at its
field, the file stays, and nothing is made."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts import structure
from portal.confirming.models import Requirement
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from tests.support.papers import paper
from tests.support.requiring import asked_people

PAGE = "/documents/in/extranet/new"


def made():
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(m)) for m in (Content, Requirement)]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"must_read_by": -1}, "must_read_by", "Този ден е минал"),
        ({"must_read_by": None}, "must_read_by", "последния ден"),
        ({"must_read_groups": []}, "must_read", "Изберете кой"),
        ({"must_read_groups": ["empty"]}, "must_read_groups", "Празен отдел"),
        ({"must_read_names": "Никой Никойски"}, "must_read_names", "Никой"),
        ({"must_read_names": "а, " * 51}, "must_read_names", "най-много 50 имена"),
        ({"file": None}, "file", "Изберете файл"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(wrong, field, words, cast, person, sign_in):
    editor = sign_in("editor")
    empty = structure.create_group(by=person("admin"), name_bg="Празен отдел").id
    sent = {"must_read_groups": ["office"], "must_read_by": 3, "order_number": "РД-09-440"}
    sent |= {"sort": "", "unit": "", **wrong}
    units = {"office": cast.unit("office").id, "empty": empty}
    sent["must_read_groups"] = [units[name] for name in sent["must_read_groups"]]
    days = sent.pop("must_read_by")
    if days is not None:
        sent["must_read_by"] = (clock.today() + timedelta(days=days)).isoformat()
    order = paper("pdf", seed=3, pages=1).data
    if sent.pop("file", "") is None:
        file = {}
    else:
        file = {"file": (io.BytesIO(order), "Заповед РД-09-440.pdf")}
    answer = editor.post(PAGE, data={**sent, **file}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="{field}' in answer.text
    assert 'value="РД-09-440"' in answer.text  # what was typed stays
    assert made() == [0, 0]
    if not file:
        return
    assert "Заповед РД-09-440.pdf" in answer.text  # and the file need not be chosen again
    kept = re.search(r'name="file_id"[^>]*value="(\d+)"', answer.text)[1]
    right = {
        "file_id": kept,
        "sort": "",
        "unit": "",
        "must_read_groups": [units["office"]],
        "must_read_by": (clock.today() + timedelta(days=3)).isoformat(),
    }
    done = editor.post(PAGE, data=right)
    assert done.status_code == 302
    assert made() == [1, 1]
    item = db.session.scalars(select(Content)).one()
    assert item.title == "Заповед РД-09-440"
    assert asked_people(item) == set()  # the worker writes who, however many


def test_only_who_may_put_documents_there_finds_the_page(sign_in):
    for who, status in (("reader", 403), ("stranger", 404)):
        assert sign_in(who).get(PAGE).status_code == status
    taken = sign_in("editor").post(
        PAGE, data={"file_id": "99999", "title": "Чужд файл", "sort": "", "unit": ""}
    )
    assert taken.status_code == 422
    assert made() == [0, 0]


def test_units_below_stand_set_in_with_every_line_of_their_names(sign_in, cast):
    page = sign_in("editor").get(PAGE).text
    units = page.partition('id="must_read_groups"')[2].partition("</fieldset>")[0]
    below = re.search(r'<li class="is-set-in-(\d)">[^<]*<input[^>]*> <label[^>]*>([^<]*)', units)
    assert below and not below[2].startswith("\u2003")
    assert "\u2003" not in units
