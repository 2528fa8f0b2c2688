// textarea[data-editor]: rich text by Tiptap, with our own toolbar. Without scripts the textarea
// stays what it is. Labels come in data-labels (JSON), pictures go to data-upload-url.
import { Editor } from "@tiptap/core";
import Image from "@tiptap/extension-image";
import { TableKit } from "@tiptap/extension-table";
import StarterKit from "@tiptap/starter-kit";

import { ask } from "./ask.js";
import { findLink } from "./find-link.js";
import { cleanWordPaste } from "./word-paste.js";

const sprite = document.querySelector("meta[name=icons]")?.content || "";

// [label key, icon, what it does, what makes it pressed]
const BUTTONS = [
  ["bold", "text-b", (c) => c.toggleBold(), (e) => e.isActive("bold")],
  ["italic", "text-italic", (c) => c.toggleItalic(), (e) => e.isActive("italic")],
  null,
  ["heading2", "text-h-two", (c) => c.toggleHeading({ level: 2 }), (e) => e.isActive("heading", { level: 2 })],
  ["heading3", "text-h-three", (c) => c.toggleHeading({ level: 3 }), (e) => e.isActive("heading", { level: 3 })],
  ["bullets", "list-bullets", (c) => c.toggleBulletList(), (e) => e.isActive("bulletList")],
  ["numbers", "list-numbers", (c) => c.toggleOrderedList(), (e) => e.isActive("orderedList")],
  ["quote", "quotes", (c) => c.toggleBlockquote(), (e) => e.isActive("blockquote")],
  null,
  ["link", "link", "link", (e) => e.isActive("link")],
  ["picture", "image", "picture", null],
  ["table", "table", (c) => c.insertTable({ rows: 3, cols: 3, withHeaderRow: true }), null],
  ["row", "rows", (c) => c.addRowAfter(), null, "table"],
  ["column", "columns", (c) => c.addColumnAfter(), null, "table"],
  ["untable", "x-circle", (c) => c.deleteTable(), null, "table"],
  null,
  ["undo", "arrow-counter-clockwise", (c) => c.undo(), null],
  ["redo", "arrow-clockwise", (c) => c.redo(), null],
];

function mount(area) {
  const labels = JSON.parse(area.dataset.labels || "{}");
  const box = document.createElement("div");
  const bar = document.createElement("div");
  const text = document.createElement("div");
  box.className = "editor";
  bar.className = "editor__bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", labels.toolbar || "");
  box.append(bar, text);
  area.after(box);
  area.hidden = true;
  const label = document.querySelector(`label[for="${area.id}"]`);
  const attributes = {
    role: "textbox",
    "aria-multiline": "true",
    "aria-label": label?.textContent.trim() || "",
    lang: area.lang || document.documentElement.lang,
    id: `${area.id}-editor`,
  };
  const described = area.getAttribute("aria-describedby");
  if (described) attributes["aria-describedby"] = described;
  const editor = new Editor({
    element: text,
    content: area.value,
    injectCSS: false,
    extensions: [
      StarterKit.configure({ heading: { levels: [2, 3, 4] }, link: { openOnClick: false, autolink: true } }),
      TableKit.configure({ table: { resizable: false, renderWrapper: false } }),
      Image.configure({ allowBase64: false }),
    ],
    editorProps: {
      attributes,
      transformPastedHTML: cleanWordPaste,
      handlePaste: (_view, event) => take(editor, area, labels, event.clipboardData),
      handleDrop: (_view, event, _slice, moved) => !moved && take(editor, area, labels, event.dataTransfer),
    },
    onUpdate: () => {
      area.value = written(editor);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  // The label leads to what is shown, and an error's link to the field does too.
  label?.addEventListener("click", () => editor.commands.focus());
  toolbar(bar, editor, area, labels);
  area.form?.addEventListener("submit", () => (area.value = written(editor)));
  area.editor = editor;
}

// The editor keeps an empty line after a table to type on; it is no part of the text.
function written(editor) {
  return editor.isEmpty ? "" : editor.getHTML().replace(/(<p><\/p>)+$/, "");
}

function toolbar(bar, editor, area, labels) {
  const shown = [];
  for (const entry of BUTTONS) {
    if (!entry) {
      const gap = document.createElement("span");
      gap.className = "editor__gap";
      bar.append(gap);
      continue;
    }
    const [key, icon, act, pressed, within] = entry;
    if (key === "picture" && !area.dataset.uploadUrl) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.title = labels[key] || key;
    button.setAttribute("aria-label", labels[key] || key);
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#${icon}"/></svg>`;
    button.tabIndex = shown.length ? -1 : 0;
    button.addEventListener("click", () => {
      if (act === "link") linkDialog(editor, area, labels);
      else if (act === "picture") pictureDialog(editor, area, labels);
      else act(editor.chain().focus()).run();
    });
    bar.append(button);
    shown.push({ button, pressed, within });
  }
  const draw = () => {
    for (const { button, pressed, within } of shown) {
      if (pressed) button.setAttribute("aria-pressed", String(pressed(editor)));
      if (within) button.disabled = !editor.isActive(within);
    }
  };
  editor.on("transaction", draw);
  draw();
  roving(bar, shown.map((entry) => entry.button));
}

// One stop for Tab; arrows move inside, as in every toolbar (ARIA Authoring Practices).
function roving(bar, buttons) {
  bar.addEventListener("keydown", (event) => {
    const usable = buttons.filter((button) => !button.disabled);
    const at = usable.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: usable.length - 1 }[event.key];
    if (next === undefined || at < 0) return;
    event.preventDefault();
    const target = usable[(next + usable.length) % usable.length];
    buttons.forEach((button) => (button.tabIndex = button === target ? 0 : -1));
    target.focus();
  });
}

async function linkDialog(editor, area, labels) {
  const before = editor.getAttributes("link").href || "";
  const field = { name: "href", label: labels.address, hint: labels.addressHint, value: before, type: "text" };
  const asked = ask(labels.link, [field], labels);
  const input = document.querySelector("dialog[open] input[name=href]");
  if (input && area.dataset.searchUrl) findLink(input, area.dataset.searchUrl);
  const answer = await asked;
  if (!answer) return editor.commands.focus();
  const chain = editor.chain().focus().extendMarkRange("link");
  if (!answer.href.trim()) return chain.unsetLink().run();
  const href = /^(https?:|mailto:|tel:|\/)/i.test(answer.href) ? answer.href.trim() : `https://${answer.href.trim()}`;
  if (editor.state.selection.empty && !before) {
    return chain.insertContent({ type: "text", text: input?.dataset.title || href, marks: [{ type: "link", attrs: { href } }] }).run();
  }
  return chain.setLink({ href }).run();
}

async function pictureDialog(editor, area, labels, file) {
  const fields = [{ name: "alt", label: labels.alt, hint: labels.altHint, type: "text", required: true }];
  if (!file) fields.unshift({ name: "file", label: labels.file, type: "file", required: true });
  const answer = await ask(labels.picture, fields, labels, async (given) => {
    const data = new FormData();
    data.append("file", file || given.file);
    const sent = await fetch(area.dataset.uploadUrl, {
      method: "POST",
      body: data,
      headers: { "X-CSRFToken": area.form.elements.csrf_token.value, Accept: "application/json" },
    });
    const told = await sent.json().catch(() => ({}));
    if (!sent.ok) throw new Error(told.error || told.what || labels.failed);
    return { ...given, ...told };
  });
  if (answer) editor.chain().focus().setImage({ src: answer.url, alt: answer.alt }).run();
  else editor.commands.focus();
}

function take(editor, area, labels, data) {
  const file = [...(data?.files || [])].find((each) => each.type.startsWith("image/"));
  // Word sends a picture of the text beside the text itself: the text is wanted.
  if (!file || !area.dataset.uploadUrl || data.types.includes("text/html")) return false;
  pictureDialog(editor, area, labels, file);
  return true;
}

document.querySelectorAll("textarea[data-editor]").forEach(mount);
// For the tests: what a paste becomes.
window.cleanWordPaste = cleanWordPaste;
