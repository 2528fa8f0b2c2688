"""Which passwords are refused, and that a good one is not."""

import pytest

from portal.kernel.errors import Refused
from portal.kernel.i18n import speaking
from portal.signin import passwords

WHO = ("m.zheleva", "Мария", "Желева", "Maria", "Zheleva", "m.zheleva")


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("къса парола", "at least 12"),
        ("x" * 201, "at most 200"),
        ("parola123456", "commonest"),
        ("Парола123456!", "commonest"),
        ("паролапарола", "commonest"),
        ("QWERTYqwerty", "commonest"),
        ("qwertyuiop12", "commonest"),
        ("123456789012", "commonest"),
        ("210987654321", "commonest"),
        ("aaaaaaaaaaaaaaaa", "commonest"),
        ("abababababababab", "commonest"),
        ("ОбщинаОбщина2026", "commonest"),
        ("ЖелеваМария1", "own name"),
        ("Желева123456", "own name"),
        ("m.zheleva2026", "own name"),
        ("ZhelevaMaria!", "own name"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password, message, request):
    with speaking("en"), pytest.raises(Refused, match=message):
        passwords.check_rules(password, *WHO)


@pytest.mark.parametrize(
    "password",
    [
        "три дъба край извора",
        "correct horse battery",
        "Желева обича сини лодки",
        "lina-lale-rode-45",
    ],
)
def test_several_words_are_a_good_password(password):
    passwords.check_rules(password, *WHO)


def test_the_costs_are_those_that_were_measured():
    hasher = passwords.hasher()
    assert (hasher.time_cost, hasher.memory_cost, hasher.parallelism) == (2, 32 * 1024, 1)
