// The files that somebody chose or dropped, with the folders above each: [{file, path: [...]}].

// What operating systems and office programs leave in folders for themselves.
const LEFTOVER = /^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;

export function fromInput(files) {
  return [...files]
    .map((file) => ({ file, path: (file.webkitRelativePath || "").split("/").slice(0, -1) }))
    .filter(({ file, path }) => !path.length || !LEFTOVER.test(file.name));
}

export async function fromDrop(data) {
  // The list is emptied when the event is over, so the entries are taken out of it first.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return fromInput(data.files);
  const found = [];
  for (const entry of entries) await walk(entry, [], found);
  return found;
}

async function walk(entry, path, found) {
  if (path.length && LEFTOVER.test(entry.name)) return;
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed)).catch(() => null);
    if (file) found.push({ file, path });
    return;
  }
  const reader = entry.createReader();
  // A reader gives some at a time, and nothing at the end.
  for (;;) {
    const some = await new Promise((done) => reader.readEntries(done, () => done([])));
    if (!some.length) return;
    for (const each of some) await walk(each, [...path, entry.name], found);
  }
}
