"""Office files as PDF by LibreOffice: optional, and kept on a short lead."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from portal.files.reading import run

log = logging.getLogger(__name__)
KINDS = frozenset({"docx", "odt", "xlsx", "ods", "pptx", "odp", "doc", "xls", "ppt", "rtf"})
SECONDS = 60.0
MEMORY = 4096 * run.MIB
OUTPUT_MAX = 200 * run.MIB
# Its own program cannot live behind the filter of the child: it starts others. The limits of the
# system are set by a step of Python in between, which then becomes LibreOffice.
_STEP = (
    "import os, resource, sys\n"
    "memory, cpu, output = map(int, sys.argv[1:4])\n"
    "resource.setrlimit(resource.RLIMIT_AS, (memory, memory))\n"
    "resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))\n"
    "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    "os.execv(sys.argv[4], sys.argv[4:])\n"
)


def to_pdf(program: str, path: Path, kind: str, out: Path) -> bool:
    """Write out as the PDF of path. False where LibreOffice fails, or takes too long."""
    if kind not in KINDS:
        return False
    with tempfile.TemporaryDirectory(prefix="portal-office-", ignore_cleanup_errors=True) as home:
        source = Path(home) / f"paper.{kind}"  # it goes by the name, not by the content
        shutil.copyfile(path, source)
        limits = [str(number) for number in (MEMORY, int(SECONDS), OUTPUT_MAX)]
        process = subprocess.Popen(  # noqa: S603 - no shell, and no word from outside
            [
                *(sys.executable, "-I", "-c", _STEP, *limits, program, "--headless", "--norestore"),
                *("--nolockcheck", "--nodefault", f"-env:UserInstallation=file://{home}/profile"),
                *("--convert-to", "pdf", "--outdir", home, str(source)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=home,
            env=run.environment(home),
            start_new_session=True,
        )
        code, peak = run.wait(process, SECONDS)
        made = source.with_suffix(".pdf")
        if code != 0 or not made.is_file() or made.stat().st_size == 0:
            facts = {"kind": kind, "code": code, "peak_kib": peak}
            log.info("LibreOffice made no PDF", extra={"facts": facts})
            return False
        shutil.move(made, out)
        return True
