"""Judging texts that are written in the portal: the text, what changed, and the reviewer's word.

A room whose texts are judged so makes one `Judging` and installs it on its blueprint; its template
`<room>/review.html` extends `review/judge.html` and shows the text.
"""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from wtforms import HiddenField
from wtforms.validators import Length

from portal.access import Action, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import kinds
from portal.content import services as content
from portal.content.models import OPEN, Content, Decision, Revision, State
from portal.files import queries as files
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.forms import PortalForm, TextField
from portal.kernel.i18n import _, _l, language
from portal.kernel.links import link
from portal.review.queries import person_name
from portal.review.sheet import Sheet
from portal.review.versions import names


class RemarkForm(PortalForm):
    """A reviewer's word."""

    saves = HiddenField()
    remark = TextField(_l("What should change"), [Length(max=Decision.REMARK_MAX)])


class Judging:
    """The pages on which texts of one kind are judged.

    back: the path of the list that a text of an item is found in; where its reviewer goes on.
    """

    def __init__(self, kind: str, back: Callable[[Content], str]) -> None:
        self.kind, self.back = kind, back
        self.room = ""

    def install(self, bp: Blueprint, prefix: str = "") -> None:
        """Add the rules to a room's blueprint, under their names there."""
        self.room = bp.name
        for name, path, view in (
            ("approve", "approve", self.approve),
            ("send_back", "return", self.send_back),
            ("withdraw", "withdraw", self.withdraw),
            ("discard", "discard", self.discard),
        ):
            rule = f"{prefix}/<int:content_id>/{path}"
            bp.add_url_rule(rule, name, signed_in(view), methods=["POST"])
        bp.add_url_rule(f"{prefix}/<int:content_id>/review", "review", signed_in(self.review))

    def review(self, content_id: int) -> ResponseReturnValue:
        """A text at work as its authors and reviewers see it."""
        item = self._item(content_id, Action.READ)
        return self._page(item, RemarkForm(), Sheet(self._seen_by(item)))

    def approve(self, content_id: int) -> ResponseReturnValue:
        item = self._item(content_id, Action.REVIEW)
        form, text = RemarkForm(), self._at_work(item)
        sheet = Sheet(text, request.form)

        def run() -> None:
            if sheet.said or form.remark.data:
                words = _("You wrote remarks. Return the text with them, or empty them first.")
                raise Refused("remark", words)
            content.approve(text, _saves(text), by=current_viewer())

        try:
            done = form.accepts(run)
        except Stale:
            return self._changed_meanwhile(item, form, sheet)
        if done:
            flash(_("It is approved."), "success")
            if may(current_viewer(), Action.READ, item):
                return redirect(link(kinds.of(self.kind).endpoint, address=item.address))
            return redirect(self.back(item))
        return self._page(item, form, sheet, 422)

    def send_back(self, content_id: int) -> ResponseReturnValue:
        """Return a text to its author with remarks: on the whole, at fields, at passages."""
        item = self._item(content_id, Action.REVIEW)
        form, text = RemarkForm(), self._at_work(item)
        sheet = Sheet(text, request.form)
        viewer, remark, saves = current_viewer(), form.remark.data or "", _saves(text)

        def run() -> None:
            content.return_(text, saves, by=viewer, remark=remark, passages=sheet.said)

        try:
            done = not sheet.is_faulty and form.accepts(run)
        except Stale:
            return self._changed_meanwhile(item, form, sheet)
        if done:
            flash(_("It is returned to its author with your remark."), "success")
            return redirect(self.back(item))
        return self._page(item, form, sheet, 422)

    def withdraw(self, content_id: int) -> ResponseReturnValue:
        item = self._item(content_id, Action.EDIT)
        content.withdraw(self._at_work(item), by=current_viewer())
        flash(_("It is taken back from review."), "success")
        return redirect(link(f"{self.room}.edit", content_id=content_id))

    def discard(self, content_id: int) -> ResponseReturnValue:
        """Throw the open draft away; the published text stays."""
        item = self._item(content_id, Action.EDIT)
        text = self._newest(item)
        if text.state not in OPEN:
            raise NotFound
        try:
            content.discard(text, by=current_viewer(), seen=shown_draft())
            flash(_("The draft is thrown away."), "success")
        except Stale:
            told = _("Somebody else saved this draft meanwhile, so it was kept. Read it first.")
            flash(told, "error")
            return redirect(link(f"{self.room}.review", content_id=content_id))
        except Refused as refusal:
            flash(refusal.message, "error")
        return redirect(self.back(item))

    def _item(self, content_id: int, action: Action) -> Content:
        item = fetch(Content, content_id, action)
        if item.kind != self.kind:
            raise NotFound
        return item

    def _newest(self, item: Content) -> Revision:
        """The text at work: the open one, else the released one."""
        first = language()
        tongues = (first, "en" if first == "bg" else "bg")
        for finder in (content.open_revision, content.released_revision):
            for chosen in tongues:
                found = finder(item, chosen)
                if found is not None:
                    return found
        raise NotFound

    def _at_work(self, item: Content) -> Revision:
        """The text that waits for a reviewer, in whatever language; else the newest."""
        for chosen in ("bg", "en"):
            found = content.open_revision(item, chosen)
            if found is not None and found.state == State.IN_REVIEW:
                return found
        return self._newest(item)

    def _seen_by(self, item: Content) -> Revision:
        """The text at work, for whoever writes or reviews it. Raises NotFound for others."""
        viewer = current_viewer()
        text = self._at_work(item)
        if not (may(viewer, Action.EDIT, item) or may(viewer, Action.REVIEW, item)):
            raise NotFound  # a reader: neither drafts nor reviewers' words are business of hers
        if text.state in OPEN and not may(viewer, Action.READ, text):
            raise NotFound
        return text

    def _page(
        self, item: Content, form: RemarkForm, sheet: Sheet, status: int = 200
    ) -> ResponseReturnValue:
        viewer, text = current_viewer(), sheet.text
        form.saves.data = str(text.saves)
        mine = viewer.user_id in (text.author_id, text.changed_by_id)
        judges = text.state == State.IN_REVIEW and may(viewer, Action.REVIEW, item)
        page = render_template(
            f"{self.room}/review.html",
            room=self.room,
            gives=kinds.of(self.kind).gives_to_others and item.visible_from is not None,
            item=item,
            text=text,
            form=form,
            sheet=sheet,
            files=files.listed(text.id),
            state=names()[text.state],
            author=person_name(text.author_id),
            space_name=item.home.name_en if language() == "en" else item.home.name_bg,
            may_edit=may(viewer, Action.EDIT, item),
            may_judge=judges and not mine,
            own_text=judges and mine,
            may_withdraw=text.state == State.IN_REVIEW and may(viewer, Action.EDIT, text),
        )
        return page, status

    def _changed_meanwhile(
        self, item: Content, form: RemarkForm, sheet: Sheet
    ) -> ResponseReturnValue:
        """The text as it is now. Its passages are other ones, so the remarks are kept in one
        box."""
        db.session.rollback()
        words = _(
            "The text changed after you opened this page, so nothing was decided. Your remarks are "
            "kept below; read what changed first."
        )
        form.form_errors.append(words)
        form.remark.data = "\n\n".join(
            filter(None, [form.remark.data, *(each.text for each in sheet.said)])
        )
        return self._page(item, form, Sheet(self._seen_by(item)), 409)


def shown_draft() -> str:
    """The `print_of` the draft that the page showed which was sent: in one field or in two."""
    sent = request.form
    return sent.get("seal") or f"{sent.get('text')}-{sent.get('saves')}"


def _saves(text: Revision) -> int:
    """The state of the text that the reviewer had before her; 0 when it was another text."""
    seen = request.form.get("text", text.id, type=int)
    return request.form.get("saves", 0, type=int) if seen == text.id else 0
