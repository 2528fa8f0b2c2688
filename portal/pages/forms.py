"""The forms of pages: writing, and the place in the tree."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Length

from portal.content.models import Content
from portal.files.fields import FilesFields
from portal.kernel.forms import LineField, PortalForm, TextField, options
from portal.kernel.i18n import _, _l
from portal.pages.placing import FIRST, LAST
from portal.pages.tree import Node

BODY_MAX = 400_000  # characters of HTML
INDENT = "\u2003"
Choices = Sequence[tuple[str, Any]]


class PageForm(FilesFields, PortalForm):
    """A text of a page."""

    seal = HiddenField()
    title = LineField(_l("Title"), [InputRequired(), Length(max=Content.TITLE_MAX)])
    body = TextField(_l("Text"), [Length(max=BODY_MAX)])


class NewForm(PageForm):
    """The same, with where the page is to stand and its language."""

    under = SelectField(_l("Under"), validate_choice=False)
    language = SelectField(_l("Language"))

    def __init__(self, *args: Any, pages: Iterable[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.under.choices = options(under_choices(pages))
        self.language.choices = [("bg", "Български"), ("en", "English")]


class MoveForm(PortalForm):
    """Where a page stands. What is no longer in a list is for the service to name."""

    under = SelectField(_l("Under"), validate_choice=False)
    after = SelectField(_l("Place there"), validate_choice=False)

    def __init__(self, *args: Any, pages: Sequence[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.under.choices = options(under_choices(pages))
        places = [(str(LAST), _("the last one")), (str(FIRST), _("the first one"))]
        after = [(str(node.id), _after(node)) for node in pages]
        self.after.choices = options([*places, *after])


def under_choices(pages: Iterable[Node]) -> Choices:
    top = [("", _("no page: at the top"))]
    return [*top, *((str(node.id), INDENT * node.depth + node.title) for node in pages)]


def _after(node: Node) -> str:
    return INDENT * node.depth + _("after “%(title)s”", title=node.title)
