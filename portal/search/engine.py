"""The search engine of the embedded size: an index of Whoosh's in the instance folder.

`index/current` names the folder that serves; a rebuild writes another one beside it and then
changes that name. One process writes; every process, the writer too, reads through a `View`,
which is swapped whole and never changed, so that a search needs no lock.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader
from whoosh.util.filelock import try_for

from portal.jobs import failpoint
from portal.search import folders, passages, plain, postings, schema, writers
from portal.search.evaluate import answer
from portal.search.kept import Kept
from portal.search.language import Reading
from portal.search.protocol import Answer, Key, Progress, Query, SearchDocument
from portal.search.segment_files import Files
from portal.search.view import NAME, View, generation

log = logging.getLogger(__name__)
REFRESH = 0.15  # seconds between two looks whether something was committed
LOOKS = 5  # at a commit that cannot be read; a later one, by a busy writer, is no damage:
LOOKS_MAX = 50
LOCK_WAIT = 10.0  # seconds that a writer waits for another one
BATCH = 2_500  # documents in one commit of a rebuild,
BATCH_SIZE = 20_000_000  # or characters of text: 300 MB of memory until they are written
AT_WORK_MAX = 400  # texts of a page that are merged while the portal is at work: half a second
SEGMENTS_MIN = 8  # segments that are worth a merge
MARKED_BYTES = 16 * 1024 * 1024  # of texts and their passages that were shown lately
SEGMENTS_NIGHT = 12  # segments that may stay through the night


class WhooshEngine:
    """See `protocol.Engine`. One object for each process; its methods may be called by threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._view: View | None = None
        self._by_public = False  # whether this Whoosh must be read by its public interface
        self._owner = ""
        self._sound: tuple[Path, int] | None = None  # a commit that was read through
        self._looked = 0.0
        self._left_out: set[Key] = set()
        self._opening = threading.Lock()
        self._marked = Kept(MARKED_BYTES)

    @property
    def version(self) -> str:
        """What an index must be to be opened: of our fields, our analysis and this installation."""
        self._owner = self._owner or folders.owner(self.root)
        return f"{schema.VERSION}.{self._owner}"

    # Reading

    def search(self, query: Query) -> Answer:
        return self._answer(query, counts=True)

    def suggest(self, query: Query) -> Answer:
        return self._answer(query, counts=False)

    def _answer(self, query: Query, counts: bool) -> Answer:
        is_open = True
        try:
            self.refresh()
        except OSError as error:  # of the machine: what was opened before still answers
            is_open = False
            log.error("the index cannot be opened", extra={"facts": {"problem": repr(error)}})
        view = self._view
        if view is None or view.cursor is None:
            return Answer((), 0, ready=False, failed=not is_open)
        try:
            return answer(view.flat, query, counts)
        except Exception as error:  # noqa: BLE001  damaged pickles raise whatever they like
            if self._is_strange():
                return self._answer(query, counts)
            self._suspect(view, error)
            return Answer((), 0, ready=False, failed=True)

    def mark(self, text: str, reading: Reading, length: int | None = None) -> str:
        """Kept by the text itself: whoever has a text may have its passages. Many readers ask
        the same, and each page of hits asks for forty."""
        name = (text, reading.terms, reading.beginnings, length)
        return self._marked.get(
            name,
            lambda: passages.mark(text, reading, length),
            lambda found: 2 * len(text) + 2 * len(found),
        )

    def refresh(self, at_once: bool = False) -> None:
        """Look for a new commit, at most every 0.15 s; meanwhile other threads use the old view."""
        if not at_once and time.monotonic() - self._looked < REFRESH:
            return
        if not self._opening.acquire(blocking=at_once or self._view is None):
            return
        try:
            self._view = self._newest()
            self._looked = time.monotonic()
        finally:
            self._opening.release()

    def _newest(self) -> View | None:
        """The last commit; None where there is none that can be read. Raises OSError where the
        machine lacks something: that is no reason to write the index anew."""
        problem: Exception | None = None
        looks: Counter[tuple[Path, int]] = Counter()  # at one and the same commit
        while max(looks.values(), default=0) < LOOKS and looks.total() < LOOKS_MAX:
            folder = None
            try:
                folder = folders.current(self.root, self.version)
                return self._open(folder, self._view) if folder is not None else None
            except Exception as error:  # noqa: BLE001  a torn pickle raises whatever it likes
                problem = error
                if not self._is_strange():
                    time.sleep(0.02)  # the folder was switched or cleaned just now: look again
                looks[(folder or self.root, generation(folder or self.root))] += 1
        if problem is not None and folders.is_want(problem):
            raise problem
        log.error("the index cannot be read", extra={"facts": {"problem": repr(problem)}})
        return None

    def _open(self, folder: Path, old: View | None) -> View:
        return (plain.newest if self._by_public else View.newest)(folder, old)

    def _is_strange(self) -> bool:
        """Whether an error only says that Whoosh has other inner names than those we know."""
        if self._by_public:
            return False
        with suppress(OSError):
            self._by_public = plain.is_needed()
        if self._by_public:
            self._view, self._looked = None, 0.0
        return self._by_public

    def cursor(self) -> int | None:
        self._examine()
        self.refresh(at_once=True)
        return self._view.cursor if self._view else None

    # Damage. Whoever meets it says so; the process that writes looks closely, and gives the index
    # up where something cannot be read. `services.follow` then writes it anew.

    def _suspect(self, view: View, error: Exception) -> None:
        if folders.is_want(error):
            log.error("the index cannot be asked", extra={"facts": {"problem": repr(error)}})
            return
        log.error("the index may be damaged", exc_info=error)
        folders.suspect(self.root, view.folder, repr(error))

    def _examine(self) -> None:
        """Give up an index that was changed by another hand, or of which something is unreadable.

        Once for a commit: what is sound and yet led to an error is a fault of ours.
        """
        view = self._view
        is_changed = view is not None and not view.is_untouched()
        # Named only now: a rebuild by another process names its own folder before it drops ours.
        folder = folders.current(self.root, self.version)
        if is_changed and view is not None and view.folder == folder:
            self._give_up(folder, "its files were changed")
            return
        if folder is None or not folders.is_suspected(self.root, folder):
            return
        try:
            fresh = self._open(folder, None)
            if (folder, fresh.generation) != self._sound:
                for part in fresh.parts:
                    part.leaf.read_through()
            self._sound = (folder, fresh.generation)
        except Exception as error:
            if folders.is_want(error):
                raise  # nothing is known of the index yet: it is looked at again
            if self._is_strange():
                return
            self._give_up(folder, repr(error))
        folders.clear(self.root)

    def _give_up(self, folder: Path, problem: str) -> None:
        log.error("the index is damaged and is written anew", extra={"facts": {"problem": problem}})
        self._view = None
        folders.give_up(self.root, folder, self.version)

    # Writing

    def write(
        self,
        documents: Iterable[SearchDocument],
        gone: Iterable[Key],
        *,
        since: int,
        cursor: int,
    ) -> bool:
        documents = list(documents)
        made = [self._fields(document) for document in documents]
        with self._writing(few=True) as held:
            if held is None or held[1].cursor != since:
                return False
            writer, view = held
            writer.pool = postings.Pool()
            stale = [schema.key(d.kind, d.item_id) for d in documents]
            stale += [schema.key(*each) for each in gone]
            for place in view.places([*stale, schema.CURSOR_KEY]):
                writer.delete_document(place)
            for fields in filter(None, made):
                postings.add(writer, fields)
            postings.add(writer, schema.cursor_fields(cursor))
            failpoint.here("index.written")
            writer.commit(merge=False)
            folders.seal(view.folder)
        failpoint.here("index.committed")
        return True

    def _fields(self, document: SearchDocument) -> schema.Fields | None:
        """A document made ready; None, and noted, where that fails."""
        try:
            return schema.document_fields(document)
        except Exception:
            key = document.kind, document.item_id
            self._left_out.add(key)
            log.exception("an item was left out of the index", extra={"facts": {"item": key}})
            return None

    def left_out(self) -> set[Key]:
        found, self._left_out = self._left_out, set()
        return found

    def tend(self, thoroughly: bool = False) -> bool:
        """Merge small segments once there are several; thoroughly: all of them, where that is
        worth the time. 20,000 documents take some 20 s, and nothing is written meanwhile."""
        self.refresh(at_once=thoroughly)
        view = self._view
        if view is None:
            return False
        if thoroughly:
            if not view.is_as_written():
                self._give_up(view.folder, "what was written last has changed on the disk")
                return True
            worth = len(view.parts) > SEGMENTS_NIGHT or view.deleted * 10 > view.documents
            return worth and self._merge(lambda sizes: list(range(len(sizes))))
        return bool(mergeable([part.leaf.weight for part in view.parts])) and self._merge(mergeable)

    def _merge(self, choose: Callable[[list[int]], list[int]]) -> bool:
        weights: dict[str, int] = {}

        def policy(writer: Any, segments: list[Any]) -> list[Any]:
            """Whoosh's: take segments into the one being written, return those that stay."""
            chosen = choose([weights[segment.segment_id()] for segment in segments])
            for place in chosen:
                files = Files(Path(writer.storage.folder))
                reader = SegmentReader(files, writer.schema, segments[place])
                writer.add_reader(reader)
                reader.close()
            return [s for place, s in enumerate(segments) if place not in chosen]

        with self._writing() as held:
            if held is None:
                return False
            weights.update({name: part.leaf.weight for name, part in held[1].segments.items()})
            held[0].commit(mergetype=policy)
            folders.seal(held[1].folder)
        return True

    @contextmanager
    def _writing(self, few: bool = False) -> Iterator[tuple[Any, View] | None]:
        """A writer and the view that it continues, under the write lock; None without an index."""
        folder = folders.current(self.root, self.version)
        if folder is None:
            yield None
            return
        index = writers.index(folder, few)
        writer = index.writer(timeout=LOCK_WAIT, delay=0.02, codec=postings.Codec())
        try:
            self.refresh(at_once=True)  # the lock is held: nobody commits any more
            view = self._view
            switched = view is None or view.folder != folder
            yield None if switched or view is None else (writer, view)
        except OSError:
            raise  # a full disk: the index stays as it was committed last
        except Exception as error:
            if self._view is not None:
                self._suspect(self._view, error)
            raise
        finally:
            writers.let_go(writer)
            self._looked = 0.0  # the writer's own process sees at once what it wrote

    def rebuild(
        self,
        keys: Iterable[Key],
        load: Callable[[Key], SearchDocument | None],
        cursor: int,
        progress: Progress,
    ) -> int:
        with folders.rebuilding(self.root):
            folder, since = folders.building(self.root, self.version, cursor)
            try:
                index = writers.index(folder)
                writers.sweep(folder, index)
                view = self._open(folder, None)
            except Exception:
                log.exception("a rebuild that broke off is begun afresh")
                folders.discard(folder)
                folder, since = folders.building(self.root, self.version, cursor)
                index = writers.index(folder)
                view = self._open(folder, None)
            cursor = since
            done = view.keys()
            count = len(done)
            left = (k for k in keys if schema.key(*k) not in done)
            for first in left:
                writer = postings.writer(index)
                try:
                    size = 0
                    for each in chain([first], islice(left, BATCH - 1)):
                        document = load(each)
                        fields = self._fields(document) if document is not None else None
                        if document is not None and fields is not None:
                            postings.add(writer, fields)
                            count += 1
                            size += document.size
                        if size > BATCH_SIZE:
                            break
                    writer.commit(merge=False)
                finally:
                    writers.let_go(writer)
                folders.seal(folder)
                failpoint.here("rebuild.batch")
                progress(count)
            if view.cursor is None:
                writer = postings.writer(index)
                try:
                    postings.add(writer, schema.cursor_fields(cursor))
                    writer.commit(merge=False)
                finally:
                    writers.let_go(writer)
            folders.seal(folder)
            failpoint.here("rebuild.written")
            self._switch(folder)
        failpoint.here("rebuild.switched")
        self.refresh(at_once=True)
        return count

    def _switch(self, folder: Path) -> None:
        """Let the new folder serve. Nobody writes to the old one meanwhile."""
        old = folders.current(self.root, self.version)
        lock = FileStorage(str(old)).lock(f"{NAME}_WRITELOCK") if old and old.is_dir() else None
        if lock is not None and not try_for(lock.acquire, timeout=LOCK_WAIT, delay=0.05):
            raise TimeoutError("another process writes to the index and does not end")
        try:
            folders.switch(self.root, folder, self.version)
        finally:
            if lock is not None:
                lock.release()

    def stats(self) -> dict[str, Any]:
        self.refresh(at_once=True)
        view = self._view
        if view is None:
            return {"ready": False}
        size = 0
        with suppress(OSError):  # a merge may take files away meanwhile
            size = sum(path.stat().st_size for path in view.folder.iterdir() if path.is_file())
        return {
            "ready": True,
            "folder": view.folder.name,
            "documents": max(0, view.documents - 1),  # one of them holds the cursor
            "deleted": view.deleted,
            "segments": len(view.parts),
            "cursor": view.cursor,
            "bytes": size,
        }


def mergeable(sizes: list[int]) -> list[int]:
    """Which segments to merge while the portal is at work; none where it is not worth it.

    The smallest first, each at most twice as large as those before it together, so that a text
    is rewritten a few times only; and few enough documents that new ones need not wait.
    """
    chosen: list[int] = []
    total = 0
    for place in sorted(range(len(sizes)), key=lambda place: sizes[place]):
        if total + sizes[place] > AT_WORK_MAX or sizes[place] > 2 * max(total, SEGMENTS_MIN):
            break
        chosen.append(place)
        total += sizes[place]
    return chosen if len(chosen) >= SEGMENTS_MIN else []
