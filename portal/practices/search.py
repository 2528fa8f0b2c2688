"""Practices in the search box: by every word of the record, its place, its owner and its files."""

from collections.abc import Sequence
from typing import Any

from portal.accounts.models import Organisation
from portal.accounts.regions import REGIONS
from portal.content.models import Content
from portal.kernel.database import db
from portal.kernel.i18n import _l
from portal.practices.models import PracticeRevision
from portal.search.texts import TextSearch


class PracticeSearch(TextSearch):
    """The whole record is searched, whichever step a word stands in."""

    kind = "practice"
    label: Any = _l("Good practices")
    icon = "lightbulb"
    model = PracticeRevision
    columns = (PracticeRevision.words,)
    role = "material"

    def words(self, text: Any) -> str:
        return str(text.words)

    def owners(self, texts: Sequence[Any]) -> tuple[int, int]:
        return int(texts[0].record.get("organisation") or 0), 0  # its page names no author

    def names(self, item: Content, texts: Sequence[Any]) -> list[str]:
        given = texts[0].record
        owner = db.session.get(Organisation, given.get("organisation") or 0)
        region = REGIONS.get(given.get("nuts3") or "")
        found = [given.get("settlement"), given.get("keywords"), *(region or ())]
        if owner is not None:
            found += [owner.name_bg, owner.name_en, owner.city]
        return [each for each in found if each]
