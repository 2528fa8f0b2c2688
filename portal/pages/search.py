"""Pages in the search box: the released text, or the draft of what was never released."""

from typing import Any

from portal.content.linking import without_addresses
from portal.kernel.i18n import _l
from portal.kernel.text import plain
from portal.pages.models import PageRevision
from portal.search.texts import TextSearch


class PageSearch(TextSearch):
    """Insiders find unreleased pages too."""

    kind = "page"
    label: Any = _l("Pages")
    icon = "note"
    model = PageRevision
    columns = (PageRevision.body,)
    role = "listed"

    def words(self, text: Any) -> str:
        return plain(without_addresses(text.body))
