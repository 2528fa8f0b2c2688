"""Reviewers and authors are told by mail what they have to do, once, and nothing that is over."""

import pytest

from portal.accounts.models import User
from portal.content import services as content
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.practices import record as records
from portal.practices import services
from portal.spaces import services as spaces
from tests.practices.reviewed import seen, subjects, text_of, url
from tests.support.practising import TITLE, filled, submitted


@pytest.fixture
def waiting(own_space, person):
    """The number of a practice that «partner» sent for review."""
    return submitted(own_space, person("partner")).content_id


def test_reviewers_authors_and_nobody_else_are_told(
    sign_in, person, own_space, mail_server, follow
):
    text = submitted(own_space, person("coordinator"))
    ident = text.content_id
    follow()
    assert subjects(mail_server, "editor") == ["За Ваш преглед: добра практика"]
    told = {mail["To"].split("<")[1] for mail in mail_server.messages}
    assert told == {f"{who}@town.example>" for who in ("editor", "colleague", "manager")}
    assert all(TITLE not in mail["Subject"] for mail in mail_server.messages)
    mail_server.messages.clear()
    data = seen(ident, remark="Почти.", at_core="Кажете повече.", at_lessons="И тук.")
    sign_in("editor").post(url(ident, "return"), data=data)
    follow()
    (mail,) = mail_server.messages
    assert subjects(mail_server, "coordinator") == ["Върнато с бележки: добра практика"]
    words = mail.get_body(("plain",)).get_content()
    assert TITLE in words and "3 бележки" in words and f"/practices/{ident}/edit?" in words
    assert "Кажете повече." not in words
    mail_server.messages.clear()
    text = text_of(ident)
    content.submit(text, text.saves, by=person("coordinator"))
    follow()
    assert len(subjects(mail_server, "editor")) == 1  # sent again, told again
    mail_server.messages.clear()
    sign_in("colleague").post(url(ident, "approve"), data=seen(ident))
    follow()
    follow()
    assert subjects(mail_server, "coordinator") == ["Практиката Ви е публикувана"]
    assert len(mail_server.messages) == 1


def test_the_owner_is_told_of_what_a_co_author_sent(person, own_space, mail_server, follow):
    draft = filled(own_space, person("partner"))
    step = records.step_of("about", failed=False)
    typed = {"summary": "Автобусът тръгва само по поръчка."}
    services.save_step(
        draft, "about", services.step_seal(draft, step), typed, by=person("coordinator")
    )
    content.submit(draft, draft.saves, by=person("coordinator"))
    content.return_(draft, draft.saves, by=person("editor"), remark="Още малко.")
    follow()
    told = {mail["To"] for mail in mail_server.messages if "Върнато" in mail["Subject"]}
    assert len(told) == 2


def test_a_text_taken_back_is_not_mailed_about(person, waiting, mail_server, follow):
    content.withdraw(text_of(waiting), by=person("partner"))
    follow()
    assert mail_server.messages == []


def test_an_english_reader_is_written_to_in_english(cast, person, waiting, mail_server, follow):
    _speak_english(cast.id("colleague"))
    follow()
    assert subjects(mail_server, "colleague") == ["For your review: a good practice"]
    assert subjects(mail_server, "editor") == ["За Ваш преглед: добра практика"]


@transaction
def _speak_english(user_id: int) -> None:
    db.session.get_one(User, user_id).language = "en"


def test_a_mail_goes_only_to_who_may_still_review(cast, person, waiting, mail_server, follow):
    home = text_of(waiting).content.home
    held = spaces.membership_of(home, cast["colleague"])
    spaces.remove_member(held, by=person("manager"))
    follow()
    assert subjects(mail_server, "colleague") == []
    assert len(subjects(mail_server, "editor")) == 1
