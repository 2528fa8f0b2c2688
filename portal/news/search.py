"""News in the search box: the released text, or the draft of what was never released."""

from typing import Any

from portal.content.linking import without_addresses
from portal.kernel.i18n import _l
from portal.kernel.text import bare
from portal.news.models import NewsRevision
from portal.search.texts import TextSearch


class NewsSearch(TextSearch):
    """Readers, feeds and the index use the live text; insiders find unreleased drafts too."""

    kind = "news"
    label: Any = _l("News")
    icon = "newspaper"
    model = NewsRevision
    columns = (NewsRevision.body,)
    role = "listed"

    def words(self, text: Any) -> str:
        return bare(without_addresses(text.body))
