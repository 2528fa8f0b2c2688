"""The whole of an installation in one file, made while it runs, and an installation from it.

A backup is a .tar.gz: every table as JSON lines, every file that a row names, portal.toml, and at
the end a manifest with the SHA-256 of all of them. Tables are no copy of the database's own file,
so a backup made on SQLite can be restored on PostgreSQL and the other way round.
"""

from portal.backup.archive import Damaged, Manifest
from portal.backup.making import Busy, Made, Progress, make
from portal.backup.restoring import Restored, check, restore, settings_of

__all__ = [
    "Busy",
    "Damaged",
    "Made",
    "Manifest",
    "Progress",
    "Restored",
    "check",
    "make",
    "restore",
    "settings_of",
]
