"""What is told, discussed, read out, compared and decided from a mail: each page as people of the
demo see it, on a desk and on a phone, in both themes, with axe; the help has its pictures."""

import re

from playwright.sync_api import expect
from sqlalchemy import select

from portal.content.models import Content, Revision, State
from portal.kernel.database import db
from portal.review.links import token
from portal.spaces.reviewers import people_reviewing
from tests.browser.test_must_read import WIDE, looks
from tests.support.screens import moved


def ident(town, title):
    """The number of an item whose title begins so."""
    with town.app.app_context():
        found = select(Content.id).where(Content.title.startswith(title))
        return db.session.scalars(found).first()


def opened(page, town, path, heading):
    assert page.goto(f"{town.url}{path}").status == 200
    expect(page.locator("h1")).to_contain_text(heading)


def test_a_foreman_records_a_briefing_and_says_when_he_is_away(page, come_in, town, picture):
    page.set_viewport_size(WIDE)
    come_in(page, "lefterov")
    order = ident(town, "Заповед за преместване на гишетата")
    opened(page, town, f"/content/{order}/briefing", "Прочетено на инструктаж")
    page.get_by_label(re.compile("Янев")).check()
    looks(page, "briefing", picture)
    with moved(page):
        page.get_by_role("button", name="Записване на инструктажа").click()
    expect(page.locator("main")).to_contain_text("Записано за 1")
    expect(page.get_by_label(re.compile("Янев"))).to_have_count(0)

    opened(page, town, "/me", "Живко Лефтеров")
    with moved(page):
        page.locator("main a[href$='/absences']").first.click()
    page.fill("#first", "2026-12-21")
    page.fill("#last", "2026-12-31")
    looks(page, "absence", picture)


def test_what_is_new_is_told_as_one_likes_it_and_discussed(page, come_in, town, picture):
    page.set_viewport_size(WIDE)
    come_in(page, "member")
    opened(page, town, "/notifications", "Известия")
    looks(page, "notifications", picture)
    opened(page, town, "/notifications/choices", "")
    looks(page, "notification-choices", picture)
    news = ident(town, "От 1 декември гишетата")
    page.goto(f"{town.url}/news/{news}")
    discussion = page.locator("#comments")
    expect(discussion).to_contain_text("На 30 ноември приемат само в блок Б")
    looks(page)
    discussion.scroll_into_view_if_needed()
    picture(page, "comments")


def test_versions_are_compared_and_two_who_write_know_of_each_other(page, come_in, town, picture):
    page.set_viewport_size(WIDE)
    come_in(page, "avramova")
    news = ident(town, "Почивните дни около Коледа")
    page.goto(f"{town.url}/news/{news}")
    with moved(page):
        page.locator("aside a").filter(has_text="Версии").click()
    expect(page.locator(".changes ins").first).to_contain_text("Дежурства в социалните услуги")
    looks(page, "versions", picture)
    with moved(page):
        page.get_by_role("link", name="Към черновата").click()
    expect(page.locator(".notice").filter(has_text="записа този текст преди малко")).to_be_visible()
    looks(page)
    paper = ident(town, "Правилник за документооборота")
    opened(page, town, f"/content/{paper}/versions", "Версии")
    expect(page.locator(".versions li")).to_have_count(3)
    with moved(page):
        page.locator(".versions a").last.click()
    expect(page.get_by_role("button", name="Връщане към тази версия")).to_be_visible()
    looks(page)


def test_a_reviewer_reads_the_difference_from_the_mail_without_signing_in(page, town, picture):
    page.set_viewport_size(WIDE)
    with town.app.app_context():
        waiting = select(Revision).where(Revision.state == State.IN_REVIEW, Revision.kind == "news")
        text = db.session.scalars(waiting.order_by(Revision.id)).first()
        own = {text.author_id, text.changed_by_id}
        who = min(people_reviewing(text.content.home) - own)
        path, title = f"/review/{token(text, who)}", text.title
    page.context.clear_cookies()
    assert page.goto(f"{town.url}{path}").status == 200
    expect(page.locator("main")).to_contain_text(title)
    looks(page, "review-by-mail", picture)
