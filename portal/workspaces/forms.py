"""Forms about spaces and their members."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.access import Role
from portal.accounts.models import User
from portal.kernel.forms import LineField, PortalForm, SealedForm, TextField, options
from portal.kernel.i18n import _l
from portal.spaces import features
from portal.spaces.models import Space
from portal.workspaces.models import JoinRequest

Choices = Sequence[tuple[str, Any]]
ROLES: dict[Role, Any] = {
    Role.READER: _l("reader"),
    Role.CONTRIBUTOR: _l("contributor"),
    Role.EDITOR: _l("editor"),
    Role.MANAGER: _l("manager"),
}
KINDS: Choices = (
    ("workspace", _l("workspace of a team")),
    ("extranet", _l("extranet")),
    ("intranet", _l("intranet")),
)
JOINING: Choices = (
    ("invitation", _l("by invitation: only the managers let people in")),
    ("request", _l("on request: colleagues who see the space ask, a manager answers")),
    ("open", _l("open: colleagues who see the space come in at once, as readers")),
)
REQUIRED = DataRequired(_l("Please fill in this field."))
PERSON_TYPED = Length(max=200)


class _Described(SealedForm):
    name_bg = LineField(_l("Name in Bulgarian"), [REQUIRED, Length(max=Space.NAME_MAX)])
    name_en = LineField(_l("Name in English"), [Length(max=Space.NAME_MAX)])
    purpose = TextField(_l("What the space is for"), [Length(max=Space.PURPOSE_MAX)])
    is_listed = BooleanField(_l("All staff see that this space exists"))
    # The service names what it does not know; a form that was open before the field came has none.
    joining = RadioField(_l("How people come in"), choices=options(JOINING), validate_choice=False)
    review_required = BooleanField(_l("A second person approves each text before release"))
    features = SelectMultipleField(
        _l("What is switched on"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.features.choices = options((each.key, each.label) for each in features.choices())


class SettingsForm(_Described):
    reviewers = SelectField(_l("Who approves"))

    def __init__(self, *args: Any, groups: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reviewers.choices = options(groups)


class NewSpaceForm(_Described):
    """With the fields that its template takes: a unit, or partners, their role and last day."""

    kind = SelectField(_l("Kind"), choices=options(KINDS), default="workspace")
    manager = LineField(_l("First manager"), [PERSON_TYPED])
    unit = SelectField(_l("Unit"))
    partners = SelectMultipleField(
        _l("Partner organisations"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    partners_role = SelectField(
        _l("What the partners do"),
        choices=options((str(int(r)), ROLES[r]) for r in (Role.CONTRIBUTOR, Role.READER)),
    )
    until = DateField(_l("Partners stay until, the last day"), [Optional()])

    def __init__(
        self, *args: Any, takes: str = "", units: Choices = (), partners: Choices = (), **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.unit.choices = options(units)
        self.partners.choices = options(partners)
        if takes != "unit":
            del self.unit
        if takes != "partners":
            del self.partners, self.partners_role, self.until


class _RoleForm(PortalForm):
    role = SelectField(
        _l("Role"), choices=options((str(int(r)), name) for r, name in ROLES.items())
    )
    until = DateField(_l("Until, the last day"), [Optional()])

    @property
    def chosen(self) -> Role:
        return Role(int(self.role.data))


class MemberForm(_RoleForm):
    """A person by name, or a unit, group or organisation from the list."""

    person = LineField(_l("Person"), [PERSON_TYPED])
    many = SelectField(_l("or a unit, group or organisation"), default="")

    def __init__(self, *args: Any, many: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.many.choices = options(many)


class ChangeRoleForm(_RoleForm):
    pass


class HandOverForm(PortalForm):
    successor = LineField(_l("New manager"), [REQUIRED, PERSON_TYPED])
    leaving = BooleanField(_l("I leave the space then"))


class InviteForm(_RoleForm):
    """Many at once: pasted, from a file, or a unit; one role and last day for all."""

    people = TextField(_l("Addresses or names"), [Length(max=100_000)])
    file = FileField(_l("or a table (CSV)"))
    unit = SelectField(_l("or a unit or group"), default="")

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit.choices = options(units)


class AskForm(PortalForm):
    words = TextField(_l("Why you ask"), [Length(max=JoinRequest.WORDS_MAX)])


class AnswerForm(_RoleForm):
    """Letting in who asked; the word is for who is not."""

    answer = LineField(_l("A word to who asks"), [Length(max=JoinRequest.WORDS_MAX)])


class AccountForm(PortalForm):
    """Giving an account to who was invited."""

    given = LineField(_l("Given name"), [Length(max=User.NAME_MAX)])
    family = LineField(_l("Family name"), [Length(max=User.NAME_MAX)])
    organisation = SelectField(_l("Organisation"))

    def __init__(self, *args: Any, organisations: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation.choices = options(organisations)
        if not organisations:
            del self.organisation
