"""Configuration: one file in the instance folder, then the environment. It fails loudly."""

import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FILE = "portal.toml"
MIB = 1024 * 1024


class ConfigError(Exception):
    """The instance cannot run as it is configured; the text says what to do."""


@dataclass(frozen=True)
class Setting:
    """One setting: its name in portal.toml (PORTAL_NAME in the environment), its Flask key."""

    name: str
    key: str
    default: Any = None


SETTINGS = (
    Setting("secret_key", "SECRET_KEY"),
    Setting("database_url", "DATABASE_URL"),
    Setting("base_url", "BASE_URL", "http://127.0.0.1:8000"),
    Setting("mail_url", "MAIL_URL", ""),
    Setting("mail_from", "MAIL_FROM", "portal@localhost"),
    Setting("bounce_url", "BOUNCE_URL", ""),  # where mails that came back are read
    Setting("demo", "DEMO", False),
    Setting("proxies", "PROXIES", 0),
    Setting("upload_limit_mb", "UPLOAD_LIMIT_MB", 25),
    Setting("document_limit_mb", "DOCUMENT_LIMIT_MB", 100),  # of one file, sent in portions
)


def default_instance() -> Path:
    """PORTAL_INSTANCE, else instance/ of the checkout, else instance/ of the working folder."""
    if chosen := os.environ.get("PORTAL_INSTANCE"):
        return Path(chosen).resolve()
    checkout = Path(__file__).resolve().parents[2]
    base = checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()
    return base / "instance"


def is_configured(instance: Path) -> bool:
    return (instance / FILE).is_file()


def write(instance: Path, **values: Any) -> None:
    """Write a new instance's portal.toml with a secret of its own, readable by its owner only."""
    instance.mkdir(parents=True, exist_ok=True)
    values = {"secret_key": secrets.token_urlsafe(48), **values}
    text = "".join(f"{name} = {_toml(value)}\n" for name, value in values.items())
    path = instance / FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write("# This installation's settings. Keep it with the backups and out of sight.\n")
        out.write(text)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def load(instance: Path, overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """Read and check the settings.

    Raises ConfigError when the file is missing or broken, a setting is unknown or of the wrong
    type, or the secret is too short to sign sessions with.
    """
    path = instance / FILE
    stored: dict[str, Any] = {}
    if path.is_file():
        try:
            stored = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path}: {error}") from error
    elif not overrides or "SECRET_KEY" not in overrides:
        raise ConfigError(
            f"{instance} holds no installation yet. Start one with `portal init --name … "
            "--admin EMAIL`, or look at the demonstration with `portal`."
        )
    known = {setting.name for setting in SETTINGS}
    if unknown := set(stored) - known:
        raise ConfigError(f"{path}: unknown setting {', '.join(sorted(unknown))}")
    config: dict[str, Any] = {}
    for setting in SETTINGS:
        value = os.environ.get(f"PORTAL_{setting.name.upper()}", stored.get(setting.name))
        config[setting.key] = _typed(setting, value)
    if not config["DATABASE_URL"]:
        config["DATABASE_URL"] = f"sqlite:///{instance / 'portal.db'}"
    config.update(overrides or {})
    _check(config)
    return config


def _typed(setting: Setting, value: Any) -> Any:
    if value is None:
        return setting.default
    if isinstance(setting.default, bool):
        if value in (True, "true", "1"):
            return True
        if value in (False, "false", "0"):
            return False
        raise ConfigError(f"{setting.name} must be true or false, not {value!r}")
    if isinstance(setting.default, int):
        try:
            return int(value)
        except ValueError as error:
            raise ConfigError(f"{setting.name} must be a whole number, not {value!r}") from error
    return value


def _check(config: dict[str, Any]) -> None:
    if len(str(config["SECRET_KEY"] or "")) < 32:
        raise ConfigError("secret_key must have at least 32 characters; there is no default")
    if not str(config["BASE_URL"]).startswith(("http://", "https://")):
        raise ConfigError("base_url must begin with http:// or https://")
    if config["MAIL_URL"] and not config["MAIL_URL"].startswith(("smtp://", "smtps://")):
        raise ConfigError("mail_url must begin with smtp:// or smtps://")
    if config["BOUNCE_URL"] and not config["BOUNCE_URL"].startswith(
        ("imap://", "imaps://", "maildir:///")
    ):
        raise ConfigError("bounce_url must begin with imap://, imaps:// or maildir:///")
    if config["DEMO"] and not is_loopback(urlsplit(config["BASE_URL"]).hostname or ""):
        # A demonstration shows its people on the door and asks none of them for a phone.
        raise ConfigError("demo must be false where base_url is not an address of this machine")


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine itself reaches what listens there."""
    return host in ("localhost", "::1", "[::1]") or host.startswith("127.")
