"""People: the directory, units, partners, and everybody's own entry."""

from flask import Flask

from portal import jobs
from portal.accounts import absences as _kept_absences
from portal.accounts import queries

# Imported for what they tell the floors below: who takes over what leavers hold.
from portal.content import handover as _handover
from portal.kernel.i18n import _l
from portal.kernel.menu import Place, add
from portal.people import absences, keeping, notices, partners, units
from portal.people.search import PeopleSearch
from portal.people.views import bp
from portal.search.registry import register
from portal.spaces import ties as _ties

__all__ = ["install"]
_TOLD = (_handover, _ties, absences, keeping, units, partners)


def install(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["reader_name"] = queries.reader_name
    add(app, Place(_l("People"), "people.directory", 40))
    register(PeopleSearch())
    notices.install()
    jobs.daily(_kept_absences.forget)
