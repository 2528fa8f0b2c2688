"""The administrator's desk: settings, topics, footer pages, the journal, the style guide."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import current_viewer
from portal.access.doors import administrators
from portal.admin import queries, services
from portal.admin.forms import PageForm, SiteForm, SynonymForm, TopicForm
from portal.kernel.i18n import LANGUAGES, _
from portal.kernel.links import link, number
from portal.search import vocabulary

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("/")
@administrators
def index() -> ResponseReturnValue:
    return render_template("admin/index.html", counts=queries.counts())


@bp.route("/site", methods=["GET", "POST"])
@administrators
def site() -> ResponseReturnValue:
    form = SiteForm(obj=queries.site())
    viewer = current_viewer()
    if form.accepts(
        lambda: services.change_site(
            by=viewer,
            name_bg=form.name_bg.data,
            name_en=form.name_en.data,
            address=form.address.data or "",
            email=form.email.data or "",
            hue=form.hue.data,
        )
    ):
        flash(_("Your changes are saved."), "success")
        return redirect(link("admin.site"))
    return render_template("admin/site.html", form=form)


@bp.route("/topics", methods=["GET", "POST"])
@administrators
def topics() -> ResponseReturnValue:
    form, viewer = TopicForm(), current_viewer()
    if form.accepts(
        lambda: services.add_topic(by=viewer, name_bg=form.name_bg.data, name_en=form.name_en.data)
    ):
        flash(_("The topic is added."), "success")
        return redirect(link("admin.topics"))
    return render_template("admin/topics.html", form=form, topics=queries.topics())


@bp.route("/synonyms", methods=["GET", "POST"])
@administrators
def synonyms() -> ResponseReturnValue:
    form, viewer = SynonymForm(), current_viewer()
    if form.accepts(
        lambda: vocabulary.add(
            by=viewer,
            asked=form.asked.data,
            meant=form.meant.data,
            is_two_way=form.is_two_way.data,
        )
    ):
        flash(_("The synonym is added. Searches know it from now on."), "success")
        return redirect(link("admin.synonyms"))
    return render_template("admin/synonyms.html", form=form, synonyms=vocabulary.listed())


@bp.post("/synonyms/<int:ident>/remove")
@administrators
def remove_synonym(ident: int) -> ResponseReturnValue:
    vocabulary.remove(ident, by=current_viewer())
    flash(_("The synonym is removed."), "success")
    return redirect(link("admin.synonyms"))


@bp.get("/pages")
@administrators
def pages() -> ResponseReturnValue:
    titles = {(row.key, row.language): row.title for row in queries.pages()}
    return render_template(
        "admin/pages.html", keys=services.PAGES, languages=LANGUAGES, titles=titles
    )


@bp.route("/pages/<key>/<language>", methods=["GET", "POST"])
@administrators
def page(key: str, language: str) -> ResponseReturnValue:
    if key not in services.PAGES or language not in LANGUAGES:
        raise NotFound
    form, viewer = PageForm(obj=queries.page(key, language)), current_viewer()
    if form.accepts(
        lambda: services.change_page(
            key, language, by=viewer, title=form.title.data, body=form.body.data
        )
    ):
        flash(_("Your changes are saved."), "success")
        return redirect(link("admin.pages"))
    return render_template("admin/page.html", form=form, key=key, language=language)


@bp.get("/journal")
@administrators
def journal() -> ResponseReturnValue:
    """Who did what. Names are looked up now; the lines themselves hold numbers only."""
    lines, more = queries.journal(request.args.get("before", type=number))
    return render_template("admin/journal.html", lines=lines, more=more)


@bp.get("/style-guide")
@administrators
def styleguide() -> ResponseReturnValue:
    return render_template("styleguide.html")
