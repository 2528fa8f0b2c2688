"""The page behind «stop these mails»: for people and, by one POST, for their mail programs."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.access.doors import by_token
from portal.content import kinds
from portal.kernel.i18n import _, speaking
from portal.kernel.limits import Limit
from portal.notify import notices, unsubscribing
from portal.notify.unsubscribing import Wish

bp = Blueprint("unsubscribing", __name__)
_failures = Limit(30, 600)  # forged addresses from one place in ten minutes
_posts = Limit(20, 600)  # of one address


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
@by_token
def stop(token: str) -> ResponseReturnValue:
    # Mail programs post without a session, a cookie or a form's token (RFC 8058).
    place = request.remote_addr or ""
    try:
        wish = unsubscribing.read(token)
    except unsubscribing.NoSuchAddress:
        _failures.check(place)
        return render_template("notify/unsubscribe_gone.html"), 404
    done = ""
    if request.method == "POST":
        _posts.check(token)
        done = "again" if request.form.get("again") else "stopped"
        (unsubscribing.again if done == "again" else unsubscribing.stop)(wish)
    with speaking(wish.viewer.language or "bg"):
        return render_template("notify/unsubscribe.html", what=_words(wish), done=done)


def _words(wish: Wish) -> str:
    """Which mails they are, in the middle of a sentence. Never whose: addresses are passed on."""
    match wish.kind:
        case unsubscribing.DIGEST:
            return _("the daily digest")
        case "kind":
            label = str(kinds.of(wish.name).label) if wish.name in kinds.names() else ""
            if not label and (kind := notices.kind_of(wish.name)) is not None:
                label = str(kind.label)
            return _("mails at once of the kind “%(kind)s”", kind=label)
    return _("mails at once about what you follow")
