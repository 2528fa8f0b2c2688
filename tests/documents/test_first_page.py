"""The head of a paper offers its kind, number and date."""

from datetime import date

import pytest

from portal.content.models import Content
from portal.documents import first_page, services
from portal.kernel.database import db


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "ОБЩИНА БЕЛОБРЯГ\nЗ А П О В Е Д\n№ РД-09-1184\nБелобряг, 20.11.2026 г.",
            ("order", "РД-09-1184", date(2026, 11, 20)),
        ),
        ("Протокол № 7 от 3 май 2025 г.\nна комисията", ("protocol", "7", date(2025, 5, 3))),
        (
            "Рег. № 94-00-17/12.01.2024 г.\nДоговор за услуга",
            ("contract", "94-00-17", date(2024, 1, 12)),
        ),
        ("Изисквания към системите\nНяма номер.", ("", "", None)),
        ("Решение от 31.02.2026 и 01.03.2026", ("decision", "", date(2026, 3, 1))),
        ("Общи изисквания\nпротокол, с използване на TLS", ("", "", None)),
        ("", ("", "", None)),
    ],
)
def test_what_the_head_says(text, found):
    head = first_page.read(text)
    assert (head.sort, head.reg_number, head.dated) == found


def test_it_is_offered_in_empty_fields_and_stored_only_by_saving(put, follow, sign_in):
    ident = put("Заповед № РД-09-77\nот 5 юни 2026 г.\nОтносно зимата.", "Зима.txt")
    follow()
    page = sign_in("editor").get(f"/documents/{ident}/edit").text
    assert "РД-09-77" in page
    assert "2026-06-05" in page
    assert "Прочетено от първата страница" in page
    assert services.current(db.session.get_one(Content, ident)).reg_number == ""
