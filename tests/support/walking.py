"""Every address of the portal: each rule of the map with each thing that exists.

An argument whose name is not known here fails the test that walks: whoever adds a route says
with what it is to be asked. Content is asked for at the doors of every kind, its own or not.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.access.models import Alert
from portal.accounts.models import Absence, Group, Organisation, Ticket, User, UserSession
from portal.comments.models import Comment
from portal.communication.models import Entry, Objective
from portal.content.models import Content, Folder, Revision, Topic
from portal.editorial.models import Idea
from portal.files.models import File
from portal.kernel.database import db
from portal.practices.fields import STEPS
from portal.practices.models import Answer, Question
from portal.spaces.models import Membership, Space
from portal.tasks.models import ChecklistItem, Goal, Measure, Task
from portal.workspaces.models import Invitation, JoinRequest

MISSING = 987_654  # no row has this number
Values = dict[str, list[Any]]


def numbers(column: Any) -> list[int]:
    return [*db.session.scalars(select(column).order_by(column))]


def everything() -> Values:
    """For each argument of a rule, all that could stand there, and something that could not."""
    spaces = list(db.session.scalars(select(Space.slug).order_by(Space.id)))
    topics = list(db.session.scalars(select(Topic.slug).order_by(Topic.id)))
    content = list(db.session.scalars(select(Content).order_by(Content.id)))
    found: Values = {
        "content_id": [item.id for item in content],
        "address": [form for item in content for form in (item.address, str(item.id))],
        "revision_id": numbers(Revision.id),
        "file_id": numbers(File.id),
        "folder_id": numbers(Folder.id),
        "group_id": numbers(Group.id),
        "organisation_id": numbers(Organisation.id),
        "user_id": numbers(User.id),
        "membership_id": numbers(Membership.id),
        "request_id": numbers(JoinRequest.id),
        "invitation_id": numbers(Invitation.id),
        "session_id": numbers(UserSession.id),
        "ticket_id": numbers(Ticket.id),
        "slug": [*spaces, *topics, "none-such"],
        "number": [1, 2],
        "year": [2026],
        "month": list(range(1, 13)),
        "key": ["help", "privacy", "none-such"],
        "language": ["bg", "en"],
        "token": ["none-such"],
        "comment_id": numbers(Comment.id),
        "idea_id": numbers(Idea.id),
        "absence_id": numbers(Absence.id),
        "alert_id": numbers(Alert.id),
        "question_id": numbers(Question.id),
        "entry_id": numbers(Entry.id),
        "objective_id": numbers(Objective.id),
        "ident": sorted({*numbers(Question.id), *numbers(Answer.id)}),
        "task_id": numbers(Task.id),
        "step_id": numbers(ChecklistItem.id),
        "goal_id": numbers(Goal.id),
        "measure_id": numbers(Measure.id),
        "step": [step.key for step in STEPS],
        "field": ["pictures", "materials"],
    }
    for name, values in found.items():
        if name.endswith("_id") or name == "ident":
            values.append(MISSING)
    found["address"] += [f"none-such-{MISSING}", "none-such"]
    return found


def rules(app: Flask, method: str = "GET") -> list[Rule]:
    """The rules that answer a method, but for the files of the front end."""
    found = [r for r in app.url_map.iter_rules() if method in (r.methods or ())]
    return sorted((r for r in found if r.endpoint != "static"), key=lambda rule: rule.rule)


def filled(
    rule: Rule, values: Values, wanted: Callable[[dict[str, Any]], bool] = lambda _: True
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The addresses of a rule with every combination of values that is wanted, and the values."""
    names = sorted(rule.arguments)
    missing = [name for name in names if name not in values and not _is_choice(rule, name)]
    assert not missing, f"{rule.rule}: tests/support/walking.py does not know {missing}"
    lists = [values[name] if name in values else _choices(rule, name) for name in names]
    for combination in product(*lists):
        chosen = dict(zip(names, combination, strict=True))
        if wanted(chosen):
            yield at(rule, chosen), chosen


def _is_choice(rule: Rule, name: str) -> bool:
    return "any(" in rule.rule and f":{name}>" in rule.rule


def _choices(rule: Rule, name: str) -> list[str]:
    listed = rule.rule.partition("any(")[2].partition(f"):{name}>")[0]
    return [choice.strip() for choice in listed.split(",")]


def at(rule: Rule, chosen: dict[str, Any]) -> str:
    """The path of a rule; unlike `link` it needs no app context and takes any rule."""
    parts = [str(chosen[text]) if is_argument else text for is_argument, text in rule._trace]
    return "".join(parts).lstrip("|")


def addresses(app: Flask, values: Values | None = None) -> Iterable[str]:
    """Every address that can be opened."""
    values = values or everything()
    for rule in rules(app):
        yield from (url for url, _chosen in filled(rule, values))
