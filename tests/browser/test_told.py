"""What is told, discussed, read out, compared and decided from a mail: each page as people of the
demo see it, on a desk and on a phone, in both themes, with axe; the help has its pictures."""

import base64
import io
import re
from datetime import timedelta

from playwright.sync_api import expect
from pypdfium2 import PdfDocument
from sqlalchemy import select

from portal.accounts.models import User
from portal.content.models import Content, Revision, State
from portal.kernel import clock
from portal.kernel.database import db
from portal.notify import unsubscribing
from portal.review.links import token
from portal.spaces.reviewers import people_reviewing
from tests.browser.test_must_read import WIDE, looks
from tests.support.screens import attribute_of, moved


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
    expect(page.locator("main")).to_contain_text("Записано е за 1 човек")
    expect(page.get_by_label(re.compile("Янев"))).to_have_count(0)

    opened(page, town, "/me", "Моите данни")
    with moved(page):
        page.locator("main a[href$='/absences']").first.click()
    page.fill("#first", "2026-12-21")
    page.fill("#last", "2026-12-31")
    looks(page, "absence", picture)


def test_what_is_new_is_told_as_one_likes_it_and_discussed(page, come_in, town, picture):
    page.set_viewport_size(WIDE)
    come_in(page, "member")
    opened(page, town, "/notices", "Известия")
    looks(page, "notifications", picture)
    opened(page, town, "/notices/choices", "Как да Ви известяваме")
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
    looks(page, "review-by-mail", picture, bar=False)


def test_whoever_has_enough_mails_stops_them_without_signing_in(page, town):
    page.set_viewport_size(WIDE)
    with town.app.app_context():
        reader = db.session.scalars(select(User.id).where(User.login == "employee")).one()
        path = unsubscribing.address(reader, "kind:news").removeprefix(town.app.config["BASE_URL"])
    page.context.clear_cookies()
    opened(page, town, path, "Спиране на писма")
    looks(page)
    for button in ("Спрете ги", "Искам ги отново"):
        with moved(page):
            page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_contain_text("„Новини“")
        looks(page)


def test_a_notice_goes_on_the_board_and_what_cannot_wait_on_every_page(
    page, come_in, town, picture
):
    page.set_viewport_size(WIDE)
    come_in(page, "avramova")
    news = ident(town, "Блок Б остава без ток")
    page.goto(f"{town.url}/news/{news}")
    sheet = page.get_by_role("link", name="Лист за таблото")
    answer = page.request.get(town.url + attribute_of(sheet, "href"))
    drawn = PdfDocument(answer.body())[0].render(scale=1.6).to_pil()
    assert drawn.height > drawn.width
    _show(page, drawn)
    picture(page, "board-sheet")

    opened(page, town, "/alerts", "Важни съобщения")
    page.fill("#text_bg", "Водата по ул. „Рибарска“ е спряна до 16:00. В блок Б няма вода.")
    page.get_by_label("Внимание").check()
    page.get_by_label("Служителите").check()
    with town.app.app_context():
        until = clock.local(clock.now() + timedelta(hours=4))
    page.fill("#until", f"{until:%Y-%m-%dT%H:%M}")
    looks(page, "alert-new", picture)
    with moved(page):
        page.get_by_role("button", name="Показване на съобщението").click()
    come_in(page, "employee")
    expect(page.get_by_text("В блок Б няма вода.")).to_be_visible()
    looks(page, "alert", picture)
    come_in(page, "avramova")
    page.goto(f"{town.url}/alerts")
    with moved(page):
        page.get_by_role("button", name="Сваляне").first.click()
    expect(page.get_by_text("В блок Б няма вода.")).to_have_count(0)


def _show(page, image):
    """A drawn page of a PDF, as somebody sees it who opened it."""
    out = io.BytesIO()
    image.save(out, "PNG")
    data = base64.b64encode(out.getvalue()).decode()
    page.goto("about:blank")  # where no policy of the portal forbids the style
    page.set_content(
        f'<body style="margin:0;background:#777;display:grid;place-items:center">'
        f'<img height="880" style="margin:10px" src="data:image/png;base64,{data}">'
    )
