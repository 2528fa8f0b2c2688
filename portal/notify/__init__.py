"""Telling people by mail. Rooms register their mails in `install()` and call `deliver`."""

from portal.notify import mails
from portal.notify.mails import Moot
from portal.notify.room import install
from portal.notify.services import deliver, deliver_all

__all__ = ["Moot", "deliver", "deliver_all", "install", "mails"]
