"""The child: reads one file behind its walls, answers once as JSON, and ends.

Started by `portal.files.reading.run` alone. Standard input holds the request, standard output
is the file for the answer.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from portal.files.reading import sandbox
from portal.files.reading.results import Gathered, Trouble, Unreadable

Answer = dict[str, Any]


def main() -> None:
    request = json.load(sys.stdin)
    # Libraries that print must not spoil the answer.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    try:
        sandbox.limit(memory=request["memory"], cpu=request["cpu"], output=request["output"])
        sandbox.close(parent=request["parent"])
    except (sandbox.NoWalls, OSError, ValueError) as error:
        print(f"no walls, nothing is read: {error}", file=sys.stderr)
        answer: Answer = {"trouble": Trouble.UNSUPPORTED, "walls": False}
    else:
        answer = _answered(request)
    answer["peak_kib"] = _peak_kib()
    with os.fdopen(answer_to, "w", encoding="utf-8", errors="replace") as out:
        json.dump(answer, out, ensure_ascii=False)
    # No tidying up: libraries' threads and destructors have nothing to save.
    os._exit(0)


def _peak_kib() -> int:
    """The most memory held so far. Not by getrusage, which begins with the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def _answered(request: Answer) -> Answer:
    """Do the task; whatever a bad file makes a library raise becomes a trouble."""
    path, kind = Path(request["path"]), request["kind"]
    try:
        return TASKS[request["task"]](path, kind, request)
    except Unreadable as reason:
        return {"trouble": reason.trouble}
    except MemoryError:
        return {"trouble": Trouble.TOO_MUCH}
    except Exception:  # noqa: BLE001 - a parser may raise anything over bytes from outside
        traceback.print_exc()
        return {"trouble": Trouble.DAMAGED}


def _read(path: Path, kind: str, request: Answer) -> Answer:
    from portal.files.reading import readers

    gathered: Gathered = readers.read(path, kind, request["name"])
    return {
        "texts": gathered.texts,
        "count": gathered.count,
        "paged": gathered.paged,
        "to_ocr": gathered.to_ocr,
        "trouble": gathered.trouble,
        "macros": gathered.macros,
    }


def _ocr(path: Path, kind: str, request: Answer) -> Answer:
    from portal.files.reading import scans

    return {"ocr": scans.recognise(path, kind, request["pages"], Path(request["tessdata"]))}


def _draw(path: Path, kind: str, request: Answer) -> Answer:
    from portal.files.reading import pictures

    out, width = Path(request["out"]), request["width"]
    return {"drawn": pictures.draw(path, kind, request["pages"], out, width)}


TASKS = {"read": _read, "ocr": _ocr, "draw": _draw}

if __name__ == "__main__":
    main()
