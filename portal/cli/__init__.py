"""The command line. Commands parse, call one function and say what happened."""

from portal.cli.main import main

__all__ = ["main"]
