"""The language of the command line: chosen by the environment, help texts and click's own too."""

import gettext
import inspect
import os
from collections.abc import Mapping
from typing import Any

import click

from portal.kernel import i18n

_SOURCE = "portal_source"


def N_(message: str) -> str:
    """Mark a text that is translated when it is shown."""
    return message


# What click says itself; here so that the catalogue has it.
_CLICK = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Option {name!r} does not take a value."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is not readable."),
    N_("file"),
    N_("directory"),
    N_("path"),
    N_("default: {default}"),
    N_("required"),
    N_("Aborted!"),
)


def _plurals_of_click() -> tuple[str, ...]:
    """Never called: here so that the catalogue has them."""
    return (
        i18n.ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 1),
        i18n.ngettext(
            "Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1
        ),
        i18n.ngettext(
            "Option {name!r} requires an argument.",
            "Option {name!r} requires {nargs} arguments.",
            1,
        ),
        i18n.ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1),
    )


def chosen(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the terminal: PORTAL_LANGUAGE, else LC_ALL, LC_MESSAGES, LANG."""
    for name in ("PORTAL_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "bg" if value.lower().startswith("bg") else "en"
    return "en"


def translate_click() -> None:
    """Let click's own words come from our catalogue.

    Click asks the standard gettext, which reads .mo files; ours is merged in memory.
    """

    def one(domain: str, message: str) -> str:
        return i18n.gettext_(message)

    def many(domain: str, singular: str, plural: str, n: int) -> str:
        return i18n.catalogue(i18n.language()).ngettext(singular, plural, n)

    gettext.dgettext, gettext.dngettext = one, many  # type: ignore[assignment]


def translate(command: click.Command) -> None:
    """Put the help of a command and of everything below it into the spoken language."""
    _put(command, "help", command.help or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            _put(parameter, "help", parameter.help or "")
    if isinstance(command, click.Group):
        for below in command.commands.values():
            translate(below)


def _put(thing: Any, name: str, text: str) -> None:
    source = getattr(thing, _SOURCE, None)
    if source is None:
        source = inspect.cleandoc(text)
        setattr(thing, _SOURCE, source)
    if source:
        setattr(thing, name, i18n.gettext_(source))
