"""The installation's own settings keep what its pages need."""

import pytest

from portal.access.models import Site
from portal.kernel.database import db


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/admin/site", {"name_bg": " ", "name_en": " ", "hue": "0"}),
        ("/admin/topics", {"name_bg": " ", "name_en": "x"}),
        ("/admin/pages/help/bg", {"title": " ", "body": " "}),
    ],
)
def test_a_name_of_blanks_is_refused(path, form, sign_in):
    answer = sign_in("admin").post(path, data=form)
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.text
    assert db.session.get_one(Site, 1).name_bg == "Община Белобряг"
