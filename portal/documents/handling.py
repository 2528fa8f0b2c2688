"""What is done to a document: described, given versions, reviewed, thrown away."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest

from portal.access import Action, Viewer, current_viewer, may
from portal.access.doors import signed_in
from portal.accounts import structure_queries
from portal.content import keeping, kinds
from portal.content import services as content
from portal.content.models import Content
from portal.documents import first_page, services
from portal.documents.forms import FactsForm, RemarkForm, VersionForm
from portal.documents.models import DocumentRevision
from portal.documents.services import Facts
from portal.documents.views import bp, version_of
from portal.files import readings
from portal.files.services import add_file
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.review.views import too_late

READ = ("sort", "reg_number", "dated")  # what the first page often says


def document(content_id: int, action: Action) -> Content:
    """A document on which the viewer may do this."""
    return kinds.fetch_item("document", content_id, action)


def to_page(item: Content) -> ResponseReturnValue:
    """Back to the document, or to the lists for those who can read it no more."""
    if may(current_viewer(), Action.READ, item):
        return redirect(link("documents.show", address=item.address))
    return redirect(link("documents.index"))


def looks_first() -> bool:
    """Whether the form is only kept, so that its author sees whom it will reach."""
    return request.form.get("do") == "audience"


def to_audience(item: Content) -> ResponseReturnValue:
    return redirect(link("placing.audience", content_id=item.id))


@bp.route("/<int:content_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(content_id: int) -> ResponseReturnValue:
    """What is written about a document: each change is a version of its own."""
    item, viewer = document(content_id, Action.EDIT), current_viewer()
    now = services.current(item)
    head = first_page.read(readings.texts(now.file_id, 1, 1).get(1, ""))
    stored = _stored(item)
    read = {name: stored[name] or getattr(head, name) for name in READ}
    form = FactsForm(units=units(viewer, now.unit_id), data={**stored, **read})
    form.prepare_asking(viewer, content_id)

    def describe() -> None:
        facts, wish = facts_of(form), form.wish(viewer)
        services.describe(item, _stamp(form), facts, by=viewer, draft=looks_first(), wish=wish)

    def stored_now() -> dict[str, Any]:
        db.session.rollback()
        return _stored(document(content_id, Action.EDIT))

    if form.saves(describe, stored_now):
        flash(_told(item), "success")
        return to_audience(item) if looks_first() else to_page(item)
    offered = [
        form[name].label.text
        for name in READ
        if request.method == "GET" and read[name] and not stored[name]
    ]
    page = render_template(
        "documents/edit.html",
        item=item,
        form=form,
        offered=offered,
        work=services.at_work(item),
    )
    return page, form.status


def _stored(item: Content) -> dict[str, Any]:
    """What the form shows of a document as it is stored."""
    now = services.current(item)
    return {
        "seal": str(services.stamp(item)),
        "title": now.title,
        "summary": now.summary,
        "sort": now.sort,
        "reg_number": now.reg_number,
        "dated": now.dated,
        "issuer": now.issuer,
        "unit": str(now.unit_id or ""),
        "tags": now.tags,
    }


def _stamp(form: FactsForm) -> int:
    value = form.seal.data or ""
    if not value.isdecimal() or len(value) > 18:
        raise BadRequest
    return int(value)


def facts_of(form: FactsForm) -> Facts:
    """What the form holds."""
    return Facts(
        title=form.title.data or "",
        summary=form.summary.data or "",
        sort=form.sort.data or "",
        reg_number=form.reg_number.data or "",
        dated=form.dated.data,
        issuer=form.issuer.data or "",
        unit_id=int(form.unit.data) if form.unit.data else None,
        tags=(form.tags.data or "").split(","),
    )


def units(viewer: Viewer, chosen: int | None) -> list[tuple[str, str]]:
    """The units of the municipality; a guest keeps the one that is chosen."""
    tops, _groups = structure_queries.tree(viewer)
    named = [
        (str(unit.id), "\u2003" * unit.depth + unit.name)
        for unit in structure_queries.in_order(tops)
    ]
    if chosen and str(chosen) not in dict(named):
        named.append((str(chosen), _("the unit chosen before")))
    return named


def _told(item: Content) -> str:
    """What a change led to, in a sentence."""
    work = services.at_work(item)
    if work is not None and work.state == "in_review":
        return _("It is sent for review. Readers see the change once it is approved.")
    return _("Your changes are saved.")


@bp.route("/<int:content_id>/version", methods=["GET", "POST"])
@signed_in
def add_version(content_id: int) -> ResponseReturnValue:
    """Upload another file in place of the present one."""
    item, viewer = document(content_id, Action.EDIT), current_viewer()
    form = VersionForm()
    form.prepare_asking(viewer, content_id)

    def take() -> None:
        upload = form.file.data
        if not isinstance(upload, FileStorage) or not upload.filename:
            raise Refused("file", _("Choose a file."))
        file = add_file(upload.stream, upload.filename, by=viewer)
        note, wish = form.note.data or "", form.wish(viewer)
        services.new_version(item, file, note, by=viewer, draft=looks_first(), wish=wish)

    if form.accepts(take):
        flash(_told(item), "success")
        return to_audience(item) if looks_first() else to_page(item)
    page = render_template(
        "documents/version.html", item=item, form=form, work=services.at_work(item)
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/versions/<int:revision_id>/restore")
@signed_in
def restore_version(revision_id: int) -> ResponseReturnValue:
    """Make an earlier version the present one again."""
    version = version_of(revision_id)
    item = document(version.content_id, Action.EDIT)
    viewer = current_viewer()
    try:
        services.go_back(item, version, request.form.get("seen", ""), by=viewer)
    except Stale:
        if not may(viewer, Action.RELEASE, item):
            raise  # the page of the versions is not hers
        return too_late(item, revision_id)
    flash(_told(item), "success")
    return to_page(item)


@bp.post("/<int:content_id>/read")
@signed_in
def read_again(content_id: int) -> ResponseReturnValue:
    """Let the machine read the file afresh."""
    item = document(content_id, Action.EDIT)
    services.read_again(item, by=current_viewer())
    flash(_("The file will be read again in a moment."), "success")
    return to_page(item)


@bp.post("/<int:content_id>/<any(release, submit, withdraw, discard, approve, return):step>")
@signed_in
def go_on(content_id: int, step: str) -> ResponseReturnValue:
    """The next step of the version at work: what its authors and its reviewers do."""
    judging = step in ("approve", "return")
    item = document(content_id, Action.REVIEW if judging else Action.EDIT)
    viewer, form = current_viewer(), RemarkForm()
    version = services.at_work(item)
    if version is None:
        flash(_("Somebody else was faster: there is nothing to decide any more."), "error")
        return to_page(item)
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "release": (
            lambda: content.release(version, _seen(form, version), by=viewer),
            _("The document is published."),
        ),
        "submit": (lambda: services.submit(item, by=viewer), _("It is sent for review.")),
        "withdraw": (
            lambda: content.withdraw(version, by=viewer),
            _("It is taken back from review."),
        ),
        "discard": (
            lambda: content.discard(
                version, by=viewer, seen=f"{form.revision.data}-{form.saves.data}"
            ),
            _("The draft is thrown away."),
        ),
        "approve": (
            lambda: content.approve(version, _seen(form, version), by=viewer),
            _("It is approved."),
        ),
        "return": (
            lambda: content.return_(
                version, _seen(form, version), by=viewer, remark=form.remark.data or ""
            ),
            _("It is returned to its author with your remark."),
        ),
    }
    act, said = steps[step]
    if form.accepts(act):
        flash(said, "success")
    else:
        for problem in (*form.form_errors, *form.remark.errors):
            flash(str(problem), "error")
    return to_page(item)


def _seen(form: RemarkForm, version: DocumentRevision) -> int:
    """The state that the viewer had before her; 0 when it was another version."""
    saves = form.saves.data or ""
    same = form.revision.data == str(version.id) and saves.isdecimal() and len(saves) < 10
    return int(saves) if same else 0


@bp.post("/<int:content_id>/trash")
@signed_in
def trash(content_id: int) -> ResponseReturnValue:
    item = document(content_id, Action.TRASH)
    try:
        keeping.trash(item, by=current_viewer())
    except Refused as refusal:
        flash(refusal.message, "error")
        return to_page(item)
    flash(_("It is in the trash. It can be restored for 30 days."), "success")
    return redirect(link("documents.index"))


@bp.post("/<int:content_id>/restore")
@signed_in
def restore(content_id: int) -> ResponseReturnValue:
    item = document(content_id, Action.RESTORE)
    keeping.restore(item, by=current_viewer())
    flash(_("It is restored."), "success")
    return to_page(item)
