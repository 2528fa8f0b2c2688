"""The language of the command line."""

import pytest

from portal.cli import main, words
from portal.kernel import i18n


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "bg_BG.UTF-8"}, "bg"),
        ({"LANG": "bg_BG.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "PORTAL_LANGUAGE": "bg"}, "bg"),
        ({"LANG": "bg_BG.UTF-8", "PORTAL_LANGUAGE": "en"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_terminal_chooses_the_language(environment, language):
    assert words.chosen(environment) == language


@pytest.mark.parametrize(("language", "word"), [("bg", "Употреба:"), ("en", "Usage:")])
def test_the_program_speaks_it_to_the_last_word(language, word, monkeypatch, capsys):
    monkeypatch.setenv("PORTAL_LANGUAGE", language)
    with monkeypatch.context() as kept:
        kept.setattr("gettext.dgettext", words.gettext.dgettext)  # main() replaces both
        kept.setattr("gettext.dngettext", words.gettext.dngettext)
        with pytest.raises(SystemExit):
            main(["run", "--help"])
    printed = capsys.readouterr().out
    assert printed.startswith(word)
    assert ("Порт" in printed) == (language == "bg")


def test_every_command_and_option_says_what_it_does():
    from portal.cli.main import portal

    def walk(command, path):
        assert command.help, f"{path} has no help"
        for parameter in command.params:
            if parameter.param_type_name == "option" and parameter.name != "help":
                assert parameter.help, f"{path} --{parameter.name} has no help"
        for name, below in getattr(command, "commands", {}).items():
            walk(below, f"{path} {name}")

    walk(portal, "portal")


def test_every_help_is_translated():
    from portal.cli.main import portal

    def texts(command):
        yield command.help
        for parameter in command.params:
            if getattr(parameter, "help", None):
                yield parameter.help
        for below in getattr(command, "commands", {}).values():
            yield from texts(below)

    with i18n.speaking("bg"):
        plain = [text for text in texts(portal) if i18n.gettext_(text) == text]
    assert all(not text.isascii() for text in plain), plain
