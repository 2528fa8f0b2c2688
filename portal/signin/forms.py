"""Sign-in's forms. Passwords are taken as typed: no trimming, no case."""

from wtforms import BooleanField, HiddenField, PasswordField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from portal.accounts.models import User
from portal.kernel.errors import Refused
from portal.kernel.forms import LineField, PortalForm
from portal.kernel.i18n import _, _l
from portal.signin import passwords

_NAME = [
    DataRequired(_l("Enter your name for signing in or your e-mail.")),
    Length(max=User.EMAIL_MAX),
]


def _name_field() -> LineField:
    return LineField(
        _l("Name or e-mail"),
        _NAME,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


def _new_password(label: str) -> PasswordField:
    return PasswordField(
        label,
        [
            InputRequired(_l("Choose a password.")),
            Length(
                min=passwords.MIN, message=_l("Use at least %(n)s characters.", n=passwords.MIN)
            ),
            Length(max=passwords.MAX, message=_l("Use at most %(n)s characters.", n=passwords.MAX)),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class SignInForm(PortalForm):
    name = _name_field()
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=passwords.MAX)],
        render_kw={"autocomplete": "current-password"},
    )
    keep = BooleanField(_l("Keep me signed in on this device"))


class ForgotForm(PortalForm):
    name = _name_field()


class SlipForm(PortalForm):
    name = LineField(
        _l("Name for signing in"),
        [DataRequired(_l("Enter the name printed on the slip.")), Length(max=User.EMAIL_MAX)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    code = LineField(
        _l("Code"),
        [DataRequired(_l("Enter the code printed on the slip.")), Length(max=40)],
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
        },
    )


class _TwiceForm(PortalForm):
    """A new password, typed twice."""

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords are not the same."))


class WayInForm(_TwiceForm):
    password = _new_password(_l("New password"))
    again = _new_password(_l("The same password again"))


class ChangeForm(_TwiceForm):
    current = PasswordField(
        _l("Your password now"),
        [InputRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    password = _new_password(_l("New password"))
    again = _new_password(_l("The same password again"))


_CODE_MAX = 60  # characters, blanks and hyphens among them


def _password_field() -> PasswordField:
    return PasswordField(
        _l("Your password"),
        [InputRequired(_l("Enter your password.")), Length(max=passwords.MAX)],
        render_kw={"autocomplete": "current-password"},
    )


def _code_field(*required: DataRequired) -> LineField:
    return LineField(
        _l("Six digits from the app"),
        [*required, Length(max=_CODE_MAX)],
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )


def _recovery_field() -> LineField:
    """Apart from the digits, because a phone shows a pad without letters for those."""
    return LineField(
        _l("Recovery code"),
        [Length(max=_CODE_MAX)],
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        },
    )


class _ByCode(PortalForm):
    """Six digits, or a recovery code instead of them."""

    def validate_code(self, field: LineField) -> None:
        if not field.data and not self.recovery.data:
            raise ValidationError(_("Enter the six digits that the app shows now."))

    @property
    def typed(self) -> str:
        """The recovery code where there is one, else the digits."""
        return self.recovery.data or self.code.data or ""

    def refuse(self, refusal: Refused) -> None:
        if refusal.field == "code" and self.recovery.data:
            words = _("This recovery code is not right or was used already.")
            refusal = Refused("recovery", words)
        super().refuse(refusal)


class CodeForm(_ByCode):
    """The second page of signing in."""

    halfway = HiddenField()
    code = _code_field()
    recovery = _recovery_field()


class SetUpForm(PortalForm):
    """The first digits of a new key: they prove that the phone holds it."""

    halfway = HiddenField()
    code = _code_field(DataRequired(_l("Enter the six digits that the app shows now.")))


class PasswordForm(PortalForm):
    """The password once more, before something that a stranger at the desk must not do."""

    current = _password_field()


class ConfirmForm(_ByCode):
    """The password and a code, before the second factor itself is changed."""

    current = _password_field()
    code = _code_field()
    recovery = _recovery_field()
