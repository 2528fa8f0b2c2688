"""Sorts of papers that a town hall keeps, as its clerks name them."""

from typing import Any

from portal.kernel.i18n import _l

SORTS: dict[str, Any] = {
    "order": _l("order"),
    "decision": _l("decision"),
    "ordinance": _l("ordinance"),
    "rules": _l("rules"),
    "protocol": _l("minutes"),
    "contract": _l("contract"),
    "report": _l("report"),
    "plan": _l("plan or strategy"),
    "letter": _l("letter"),
    "form": _l("form or template"),
    "guide": _l("instruction or guide"),
    "other": _l("other"),
}
