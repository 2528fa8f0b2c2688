"""The forms of the plan: an entry, its being done, a proof, a figure, an objective."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, HiddenField, SelectField
from wtforms.validators import Length, Optional, ValidationError

from portal.access import Viewer
from portal.accounts.queries import person_or_kept
from portal.communication import amounts
from portal.communication.lists import PROOFS, STATES
from portal.communication.models import Entry, Figure, Objective, Proof
from portal.communication.proving import NewFigure, NewProof, seal_of
from portal.communication.services import Wording
from portal.communication.uploads import taken
from portal.files.models import File
from portal.kernel.errors import Refused
from portal.kernel.forms import LineField, PortalForm, SealedForm, TextField, options
from portal.kernel.i18n import _, _l
from portal.kernel.links import number

FILE_TYPES = ".jpg,.jpeg,.png,.webp,.gif,.pdf,.doc,.docx,.odt,.xls,.xlsx,.ods"


class EntryForm(SealedForm):
    objective = SelectField(_l("Objective"))
    message = TextField(_l("Message"), [Length(max=Entry.MESSAGE_MAX)])
    audience = LineField(_l("Audience"), [Length(max=Entry.AUDIENCE_MAX)])
    channel = LineField(_l("Channel"), [Length(max=Entry.CHANNEL_MAX)])
    planned_on = DateField(_l("Day"), [Optional()])
    planned_until = DateField(_l("to, where it takes several days"), [Optional()])
    owner = LineField(_l("Who answers for it"), [Length(max=200)])
    is_shared = BooleanField(_l("Everybody who writes in this space may change it"))
    state = SelectField(_l("State"), choices=options(STATES.items()), default="planned")
    moved_to = DateField(_l("Put off to"), [Optional()])
    done_on = DateField(_l("Done on"), [Optional()])
    outcome = TextField(_l("What came of it, or why not"), [Length(max=Entry.OUTCOME_MAX)])

    def __init__(self, *args: Any, objectives: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = [] if len(objectives) == 1 else [("", "–")]
        self.objective.choices = options(first + [(str(row.id), row.title) for row in objectives])

    def wording(self, viewer: Viewer, owner_id: int | None = None) -> Wording:
        """What was typed. owner_id: whose it is already. Raises Refused at `owner`."""
        return Wording(
            objective_id=int(self.objective.data or 0),
            message=self.message.data or "",
            audience=self.audience.data or "",
            channel=self.channel.data or "",
            planned_on=self.planned_on.data,
            planned_until=self.planned_until.data,
            owner=person_or_kept("owner", self.owner.data or "", viewer, owner_id),
            moved_to=self.moved_to.data,
            is_shared=self.is_shared.data,
            state=self.state.data,
            done_on=self.done_on.data,
            outcome=self.outcome.data or "",
        )


class _Proved(PortalForm):
    """The fields of a proof. kept: an upload that came with an earlier try and is not asked for
    again; kept_name: its name, for whoever looks at the form."""

    kind = SelectField(_l("What shows that it was done"))
    proof_title = LineField(_l("Medium, caption or title"), [Length(max=Proof.TITLE_MAX)])
    url = LineField(_l("Address"), [Length(max=Proof.URL_MAX)])
    file = FileField(_l("File or photo"))
    kept = HiddenField()
    alt = LineField(_l("What the photo shows"), [Length(max=Proof.ALT_MAX)])
    licence = LineField(_l("Who took it, and who agreed"), [Length(max=Proof.LICENCE_MAX)])
    people = LineField(_l("How many people came"), [Length(max=20)])
    dated = DateField(_l("Date of the proof"), [Optional()])
    kept_name = ""
    file_types = FILE_TYPES
    first_kind: tuple[tuple[str, Any], ...] = ()
    _file: File | None = None
    _file_fault = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = options([*self.first_kind, *PROOFS.items()])

    def take_file(self, viewer: Viewer) -> None:
        """Store what was uploaded, before anything else is judged, so that it stays in the form
        when another field is refused."""
        try:
            found = taken(self.file.data, self.kept.data or "", self.kind.data, viewer)
        except Refused as refusal:
            self._file_fault = refusal.message
            return
        self._file = found
        if found is not None:
            self.kept.data, self.kept_name = str(found.id), found.name

    def validate_file(self, _field: Any) -> None:
        if self._file_fault:
            raise ValidationError(self._file_fault)

    def proof(self) -> NewProof | None:
        """The proof as it was typed; None where none was begun."""
        if not self.kind.data:
            return None
        return NewProof(
            kind=self.kind.data,
            title=self.proof_title.data or "",
            url=self.url.data or "",
            file=self._file,
            alt=self.alt.data or "",
            licence=self.licence.data or "",
            people=self.people.data or "",
            dated=self.dated.data,
        )


class _Counted(PortalForm):
    """The fields of a figure. ident: the number of one that is written anew; figure_seal: a print
    of what the form showed of it."""

    ident = HiddenField()
    figure_seal = HiddenField()
    figure_name = LineField(_l("What is counted"), [Length(max=Figure.NAME_MAX)])
    unit = LineField(_l("Unit of measure"), [Length(max=Figure.UNIT_MAX)])
    planned = LineField(_l("Planned"), [Length(max=30)])
    reached = LineField(_l("Reached"), [Length(max=30)])
    source = LineField(_l("Where the number comes from"), [Length(max=Figure.SOURCE_MAX)])
    figure_dated = DateField(_l("As of"), [Optional()])

    @property
    def number(self) -> int | None:
        """The number of the figure that is written anew; None: it is a new one."""
        try:
            return number(self.ident.data or "")
        except ValueError:
            return None

    @property
    def is_begun(self) -> bool:
        typed = (self.figure_name, self.planned, self.reached, self.source)
        return any(each.data for each in typed)

    def compare(self, figure: Figure) -> None:
        """Say what somebody else wrote meanwhile; sending it once more is a choice then."""
        self.figure_seal.data = seal_of(figure)
        told = _(
            "Somebody else changed this figure meanwhile. Stored now: planned %(planned)s, reached "
            "%(reached)s. What you typed is still here; saving again replaces that.",
            planned=amounts.shown(figure.planned),
            reached=amounts.shown(figure.reached),
        )
        self.form_errors.append(told)

    def figure(self) -> NewFigure:
        """The figure as it was typed."""
        return NewFigure(
            name=self.figure_name.data or "",
            unit=self.unit.data or "",
            planned=self.planned.data or "",
            reached=self.reached.data or "",
            source=self.source.data or "",
            dated=self.figure_dated.data,
        )


class ProofForm(_Proved):
    pass


class FigureForm(_Counted):
    pass


class DoneForm(_Proved, _Counted):
    """Done, with a proof and a figure, in one step."""

    done_on = DateField(_l("Done on"), [Optional()])
    outcome = TextField(_l("What came of it"), [Length(max=Entry.OUTCOME_MAX)])
    first_kind = (("", _l("nothing yet")),)


class ObjectiveForm(SealedForm):
    title = LineField(_l("Objective"), [Length(max=Objective.TITLE_MAX)])
    measure = TextField(_l("How it will be known"), [Length(max=Objective.MEASURE_MAX)])


@dataclass
class Forms:
    """The forms of an entry's page; the one that was refused holds what was typed."""

    done: DoneForm | None
    proof: ProofForm
    figure: FigureForm
