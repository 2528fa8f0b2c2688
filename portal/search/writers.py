"""What surrounds a writer of Whoosh's: the index that it writes, and its end if it fails."""

from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from portal.search import folders, schema
from portal.search.view import NAME


def index(folder: Path) -> FileIndex:
    """The index of a folder, made empty where there is none."""
    storage = FileStorage(str(folder))
    if TOC._latest_generation(storage, NAME) < 0:
        return storage.create_index(schema.schema(), NAME)
    return storage.open_index(NAME)


def sweep(folder: Path, index: FileIndex) -> None:
    """Take the pieces out of a rebuild that broke off of which nothing says that they are whole;
    their documents are written again."""
    broken = folders.unsealed(folder)
    writer = index.writer()
    try:
        whole = [s for s in writer.segments if Path(s.make_filename(".seg")).stem not in broken]
        if len(whole) < len(writer.segments):
            writer.segments = whole
            writer.commit(merge=False)
    finally:
        let_go(writer)


def let_go(writer: Any) -> None:
    """End a writer that was not committed. A failed commit of Whoosh's would keep the lock."""
    if writer.is_closed:
        return
    try:
        writer.cancel()
    finally:
        if not writer.is_closed:
            writer.writelock.release()
