"""Forms about people, units and partners. Limits come from the models, choices from the caller."""

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import BooleanField, DateField, SelectField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.accounts.checks import email, line, lines, login, name
from portal.accounts.models import Group, Organisation, User
from portal.accounts.regions import REGIONS
from portal.kernel.errors import Refused
from portal.kernel.forms import LineField, PortalForm, SealedForm, TextField, options
from portal.kernel.i18n import _l

Choices = Sequence[tuple[str, Any]]
LANGUAGES: Choices = (
    ("", _l("As the browser asks")),
    ("bg", "Български"),
    ("en", "English"),
)
UNIT_KINDS: Choices = (
    ("directorate", _l("directorate")),
    ("department", _l("department")),
    ("unit", _l("unit")),
    ("mayoralty", _l("mayoralty")),
)
ORGANISATION_KINDS: Choices = (
    ("municipality", _l("municipality")),
    ("ngo", _l("civic organisation")),
    ("school", _l("school")),
    ("association", _l("association")),
    ("business", _l("business")),
)
PERSON_TYPED = Length(max=200)


class Fits:
    """A service's own check asked by the form too, so that every field's fault is told at once."""

    def __init__(self, check: Callable[[Any], object]) -> None:
        self.check = check

    def __call__(self, _form: Any, field: Any) -> None:
        if field.errors:
            return
        try:
            self.check(field.data)
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal


def _line(label: Any, limit: int, required: bool = False, **attributes: str) -> LineField:
    checks: list[Any] = [Length(max=limit), Fits(lambda typed: line("", typed, limit))]
    if required:
        checks.insert(0, DataRequired(_l("Please fill in this field.")))
    return LineField(label, checks, render_kw=attributes or None)


def _name(label: Any, required: bool = False) -> LineField:
    made = [DataRequired(_l("Please fill in this field."))] if required else [Optional()]
    return LineField(label, [*made, Length(max=User.NAME_MAX), Fits(lambda typed: name("", typed))])


def _many_lines(label: Any, limit: int) -> TextField:
    return TextField(label, [Length(max=limit), Fits(lambda typed: lines("", typed, limit))])


class ProfileForm(SealedForm):
    """What a person keeps of her own entry."""

    title = _line(_l("Title (eng., Dr.)"), User.TITLE_MAX)
    building = _line(_l("Building or mayoralty"), User.BUILDING_MAX)
    room = _line(_l("Room"), User.ROOM_MAX)
    phone = _line(_l("Phone"), User.PHONE_MAX, autocomplete="tel")
    duties = _many_lines(_l("What I answer for"), User.DUTIES_MAX)
    language = SelectField(_l("Language of the portal"), choices=options(LANGUAGES))


class AbsenceForm(PortalForm):
    """From which day to which a person is away, both counted; the service checks them."""

    first = DateField(_l("First day away"), [Optional()])
    last = DateField(_l("Last day away"), [Optional()])


class PersonForm(SealedForm):
    """What administrators and coordinators keep of a person."""

    given = _name(_l("Given name"), required=True)
    patronymic = _name(_l("Patronymic"))
    family = _name(_l("Family name"), required=True)
    given_latin = _name(_l("Given name in Latin letters"))
    family_latin = _name(_l("Family name in Latin letters"))
    title = _line(_l("Title (eng., Dr.)"), User.TITLE_MAX)
    login = LineField(
        _l("Name for signing in"),
        [Optional(), Length(max=User.LOGIN_MAX), Fits(login)],
        render_kw={"autocapitalize": "none"},
    )
    email = LineField(
        _l("E-mail"),
        [Optional(), Length(max=User.EMAIL_MAX), Fits(email)],
        render_kw={"inputmode": "email", "autocapitalize": "none"},
    )
    position = _line(_l("Position"), User.POSITION_MAX)
    position_en = _line(_l("Position in English"), User.POSITION_MAX)
    organisation = SelectField(_l("Organisation"))
    unit = SelectField(_l("Unit"))
    building = _line(_l("Building or mayoralty"), User.BUILDING_MAX)
    room = _line(_l("Room"), User.ROOM_MAX)
    phone = _line(_l("Phone"), User.PHONE_MAX)
    duties = _many_lines(_l("What she or he answers for"), User.DUTIES_MAX)
    language = SelectField(_l("Language of the portal"), choices=options(LANGUAGES))
    is_contact = BooleanField(_l("Published contact: every partner sees this person"))
    is_coordinator = BooleanField(_l("Coordinator: keeps the people of this organisation"))
    is_admin = BooleanField(_l("Administrator: keeps people, units, partners and spaces"))

    def __init__(
        self,
        *args: Any,
        organisations: Choices,
        units: Choices,
        admin: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisation.choices = options(organisations)
        self.unit.choices = options(units)
        if not organisations:
            del self.organisation
        if not units:
            del self.unit
        if not admin:
            del self.is_coordinator
            del self.is_admin


class RetireForm(PortalForm):
    successor = LineField(_l("Successor"), [PERSON_TYPED])


class UnitForm(SealedForm):
    kind = SelectField(_l("Kind"), choices=options(UNIT_KINDS))
    name_bg = _line(_l("Name in Bulgarian"), Group.NAME_MAX, required=True)
    name_en = _line(_l("Name in English"), Group.NAME_MAX)
    parent = SelectField(_l("Stands below"))
    head = LineField(_l("Head"), [PERSON_TYPED])
    deputy = LineField(_l("Deputy head"), [PERSON_TYPED])
    building = _line(_l("Building"), Group.BUILDING_MAX)

    def __init__(self, *args: Any, parents: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent.choices = options(parents)


class GroupForm(SealedForm):
    name_bg = _line(_l("Name in Bulgarian"), Group.NAME_MAX, required=True)
    name_en = _line(_l("Name in English"), Group.NAME_MAX)


class GroupMemberForm(PortalForm):
    person = LineField(_l("Person"), [DataRequired(_l("Please fill in this field.")), PERSON_TYPED])


class OrganisationForm(SealedForm):
    kind = SelectField(_l("Kind"), choices=options(ORGANISATION_KINDS))
    name_bg = _line(_l("Name in Bulgarian"), Organisation.NAME_MAX, required=True)
    name_en = _line(_l("Name in English"), Organisation.NAME_MAX)
    country = _line(_l("Country, two letters"), 2)
    city = _line(_l("Town"), Organisation.CITY_MAX)
    website = _line(_l("Website"), Organisation.WEBSITE_MAX, inputmode="url")
    about = _many_lines(_l("About the organisation"), Organisation.ABOUT_MAX)
    nuts3 = SelectField(_l("District"), validate_choice=False)  # the service does
    population = _line(_l("Number of inhabitants"), 20, inputmode="numeric")
    sponsor = LineField(_l("Colleague who answers for the partner"), [PERSON_TYPED])
    agreement_start = DateField(_l("Agreement from"), [Optional()])
    agreement_end = DateField(_l("Agreement until, the last day of access"), [Optional()])

    def __init__(self, *args: Any, home: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nuts3.choices = options([("", _l("not stated")), *_districts()])
        if home:
            del self.sponsor
            del self.agreement_start
            del self.agreement_end


def _districts() -> list[tuple[str, Any]]:
    """The districts in the reader's alphabet."""
    return sorted(REGIONS.items(), key=lambda each: str(each[1]))
