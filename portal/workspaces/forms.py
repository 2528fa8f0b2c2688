"""Forms about spaces and their members."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, DateField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.access import Role
from portal.kernel.forms import LineField, PortalForm, SealedForm, TextField, options
from portal.kernel.i18n import _l
from portal.spaces import features
from portal.spaces.models import Space

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
REQUIRED = DataRequired(_l("Please fill in this field."))
PERSON_TYPED = Length(max=200)


class _Described(SealedForm):
    name_bg = LineField(_l("Name in Bulgarian"), [REQUIRED, Length(max=Space.NAME_MAX)])
    name_en = LineField(_l("Name in English"), [Length(max=Space.NAME_MAX)])
    purpose = TextField(_l("What the space is for"), [Length(max=Space.PURPOSE_MAX)])
    is_listed = BooleanField(_l("All staff see that this space exists"))
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
    kind = SelectField(_l("Kind"), choices=options(KINDS))
    manager = LineField(_l("First manager"), [PERSON_TYPED])


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
