"""Each test has an app of its own: the addresses that all of them share are compiled once a run."""

from typing import Any

from werkzeug.routing import Rule

OUTCOME = ("_parts", "_trace", "_converters", "arguments")


def compile_once() -> None:
    """Keep what Werkzeug makes of a rule; it was nine tenths of making an app (85 of 94 ms)."""
    compiled = Rule.compile
    kept: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def compile_(self: Rule) -> None:
        key = (self.rule, self.subdomain, self.host, repr(self.defaults), self.merge_slashes)
        if key not in kept:
            compiled(self)
            builders = (self._build.__func__, self._build_unknown.__func__)  # type: ignore[attr-defined]
            kept[key] = (*(getattr(self, name) for name in OUTCOME), *builders)
        *outcome, build, build_unknown = kept[key]
        for name, value in zip(OUTCOME, outcome, strict=True):
            setattr(self, name, value)
        self._build = build.__get__(self)
        self._build_unknown = build_unknown.__get__(self)

    Rule.compile = compile_  # type: ignore[method-assign]
