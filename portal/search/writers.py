"""What surrounds a writer of Whoosh's: the index that it writes, and its end if it fails."""

from pathlib import Path
from typing import Any

from whoosh.codec.base import Segment
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, FileIndex

from portal.search import folders, schema
from portal.search.view import NAME


class Drafts(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """The folder of an index, for a few documents: Whoosh writes some ten files and then puts them
    together to one. Until then they stay in memory, which takes a third less time."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._drafts = RamStorage()

    def create_file(self, name: str, *args: Any, **more: Any) -> Any:
        is_draft = name.startswith(f"{NAME}_") and not name.endswith(Segment.COMPOUND_EXT)
        if is_draft:
            return self._drafts.create_file(name, *args, **more)
        return super().create_file(name, *args, **more)

    def open_file(self, name: str, *args: Any, **more: Any) -> Any:
        return self._holder(name).open_file(name, *args, **more)

    def file_length(self, name: str) -> int:
        return int(self._holder(name).file_length(name))

    def file_modified(self, name: str) -> float:
        return float(self._holder(name).file_modified(name))

    def delete_file(self, name: str) -> None:
        self._holder(name).delete_file(name)

    def list(self) -> list[str]:
        return [*super().list(), *self._drafts.list()]

    def _holder(self, name: str) -> Any:
        return self._drafts if self._drafts.file_exists(name) else super()

    def temp_storage(self, name: str | None = None) -> RamStorage:
        return RamStorage()


def index(folder: Path, few: bool = False) -> FileIndex:
    """The index of a folder, made empty where there is none.

    few: it is opened to write a few documents, which memory holds.
    """
    storage = Drafts(folder) if few else FileStorage(str(folder))
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
