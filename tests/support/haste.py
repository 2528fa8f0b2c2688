"""What makes a test fail by slowness alone, found in its source: forms that no test may have.

Each fault names the line and what to write instead. What the programs of tests do, written as
texts, is not looked at.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

# Playwright's answers of this very moment.
AT_ONCE = {
    **dict.fromkeys(("is_visible", "is_hidden", "is_checked", "is_enabled", "is_disabled"),
                    "expect(locator).to_be_visible() and its like wait"),
    **dict.fromkeys(("inner_text", "inner_html", "text_content", "all_inner_texts",
                     "all_text_contents"),
                    "expect(locator).to_have_text(…), or text_of(locator)"),
    "input_value": "expect(locator).to_have_value(…)",
    "get_attribute": "expect(locator).to_have_attribute(…), or attribute_of(locator, name)",
    "count": "expect(locator).to_have_count(…), or is_there(locator)",
    "all": "each_of(locator)",
    "bounding_box": "expect(locator).to_be_in_viewport(), or measured(page, script)",
    "wait_for_load_state": "the page before is loaded too: with moved(page): …",
    "wait_for_timeout": "expect(…) or eventually(…)",
    "expect_navigation": "with moved(page): …",
}  # fmt: skip
LISTENING = {"networkidle"}  # a load state that the page before has not
SERVERS = ("live_server", "town")
POLL = 0.05  # seconds
OF_A_BROWSER = ("live_server", "chromium", "come_in")
SHORT = "PATIENCE of tests.support.patience: a machine may stand still for a minute and a half"


def faults_in(path: Path) -> list[str]:
    """Each as «line: what; what instead»."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    in_browser = any(word in source for word in OF_A_BROWSER)
    found = [*_clock(tree), *(_browser(tree) if in_browser else ())]
    return [f"{path.name}:{line}: {what}" for line, what in sorted(found)]


def _clock(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name, number = _name(node), node.lineno
        if name == "sleep":
            yield number, "sleep(): eventually(…) to wait, linger(…) to hold a race open"
        if name == "abs" and "now" in ast.unparse(node):
            yield number, "nearness to now: before <= moment <= clock.now()"
        if name in ("wait", "join", "communicate") and any(map(_is_long, node.args)):
            yield number, f"{name}() for a fixed time: {SHORT}"
        if any(each.arg == "timeout" and _is_long(each.value) for each in node.keywords):
            yield number, f"timeout=: {SHORT}"


def _browser(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, said = node.func.attr, {a.value for a in node.args if isinstance(a, ast.Constant)}
            if name in AT_ONCE and not said & LISTENING and not _is_of_a_text(node):
                yield node.lineno, f".{name}(): {AT_ONCE[name]}"
            if name == "evaluate" and any("activeElement" in str(each) for each in said):
                yield node.lineno, "activeElement: expect(locator).to_be_focused()"
        if isinstance(node, ast.Assert):
            for part in ast.walk(node.test):
                if _is_address(part):
                    yield part.lineno, ".url: expect(page).to_have_url(…), or page.wait_for_url(…)"
                if isinstance(part, ast.Call) and _name(part) in ("evaluate", "evaluate_all"):
                    yield part.lineno, "evaluate(): expect(locator)…, or measured(page, script)"


def _is_address(node: ast.AST) -> bool:
    """`page.url`; a server's own does not change."""
    if not isinstance(node, ast.Attribute) or node.attr != "url":
        return False
    return ast.unparse(node.value) not in SERVERS


def _name(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _is_long(node: ast.expr) -> bool:
    """A number of seconds that is more than one turn of a loop."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and (node.value > POLL)
    )


def _is_of_a_text(call: ast.Call) -> bool:
    """`text.count("a")` and `db.session.scalars(…).all()` are no questions to a page."""
    if _name(call) == "count":
        said = ast.unparse(call.func)
        return bool(call.args) or "session" in said or said == "func.count"
    return _name(call) == "all" and "session" in ast.unparse(call.func)
