"""Forms of tasks, measures and goals."""

from typing import Any

from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.kernel.forms import LineField, SealedForm, TextField, options
from portal.kernel.i18n import _l
from portal.tasks.models import WEIGHT_MAX, Goal, Measure, Task

REQUIRED = DataRequired(_l("Please fill in this field."))
TYPED_MAX = Length(max=200)
Choices = list[tuple[str, str]]


def _weight() -> IntegerField:
    message = _l("Give a whole number from 1 to %(high)s.", high=WEIGHT_MAX)
    return IntegerField(
        _l("Weight"), [InputRequired(message), NumberRange(1, WEIGHT_MAX, message)], default=1
    )


class TaskForm(SealedForm):
    title = LineField(_l("What is to be done"), [REQUIRED, Length(max=Task.TITLE_MAX)])
    owner = LineField(_l("Who does it"), [TYPED_MAX])
    due = DateField(_l("Last day"), [Optional()])
    measure = SelectField(_l("Measure of the action plan"))
    weight = _weight()
    note = TextField(_l("Note"), [Length(max=Task.NOTE_MAX)])

    def __init__(self, *args: Any, measures: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure.choices = options([("", "–"), *measures])


class GoalForm(SealedForm):
    title = LineField(_l("Goal"), [REQUIRED, Length(max=Goal.TITLE_MAX)])
    note = TextField(_l("Note"), [Length(max=Goal.NOTE_MAX)])
    weight = _weight()


class MeasureForm(SealedForm):
    title = LineField(_l("Measure"), [REQUIRED, Length(max=Measure.TITLE_MAX)])
    goal = SelectField(_l("Goal"))
    owner = LineField(_l("Who answers for it"), [TYPED_MAX])
    due = DateField(_l("Last day"), [Optional()])
    weight = _weight()
    note = TextField(_l("Note"), [Length(max=Measure.NOTE_MAX)])

    def __init__(self, *args: Any, goals: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goal.choices = options(goals)
