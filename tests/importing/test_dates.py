"""Dates as Bulgarian texts write them."""

from datetime import date, datetime

import pytest

from portal.importing import dates


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("12 март 2024 г.", (2024, 3, 12, 9, 0)),
        ("12.03.2024", (2024, 3, 12, 9, 0)),
        ("12. 03. 2024г.", (2024, 3, 12, 9, 0)),
        ("2024-03-12", (2024, 3, 12, 9, 0)),
        ("2024-03-12T10:20:00", (2024, 3, 12, 10, 20)),
        ("петък 22 март 2019", (2019, 3, 22, 9, 0)),
        ("Понеделник, 28 Април 2014г. 16:27ч.", (2014, 4, 28, 16, 27)),
        ("Публикувано на 5 юни 2023 г., 14:30 ч.", (2023, 6, 5, 14, 30)),
        ("Дата: 01/02/2023", (2023, 2, 1, 9, 0)),
        ("ср, 03.04.2019 - 14:05", (2019, 4, 3, 14, 5)),
        ("March 12, 2024", (2024, 3, 12, 9, 0)),
        ("1 септ. 2021 год.", (2021, 9, 1, 9, 0)),
    ],
)
def test_a_line_that_is_a_date_dates_a_text(line, moment):
    assert dates.of_line(line) == datetime(*moment)


@pytest.mark.parametrize(
    "line",
    [
        "Договор А 09-31-38 С/12.06.2009г.",
        "08.11.2013г. до 08.08.2014г.",
        "На 12 март 2024 г. започва ремонтът",
        "Години: 2023",
        "32.01.2024",
        "31 февруари 2024",
        "12 брой 2024",
        "12.03.1024",
        "16:27",
        "",
    ],
)
def test_a_line_that_says_more_or_less_does_not(line):
    assert dates.of_line(line) is None


def test_a_front_matter_may_give_a_date_of_its_own_kind():
    assert dates.of_value(date(2024, 3, 12)) == datetime(2024, 3, 12, 9, 0)
    assert dates.of_value("2024-03-12 10:00:00+02:00").utcoffset().total_seconds() == 7200
    assert dates.of_value("скоро") is None
