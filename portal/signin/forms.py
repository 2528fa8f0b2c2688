"""Sign-in's forms. Passwords are taken as typed: no trimming, no case."""

from wtforms import BooleanField, PasswordField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from portal.accounts.models import User
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


class ButtonForm(PortalForm):
    """A single button: only the token of the form is checked."""
