// What Word puts on the clipboard, as clean HTML: real lists, accepted changes, no Word markup.
//
// Word writes a list as paragraphs whose style says «mso-list:l0 level2 lfo1» and draws the bullet
// or number as text inside «mso-list:Ignore». Tracked changes come as <ins> and <del>, or as spans
// named msoIns and msoDel; what was deleted goes, what was inserted stays.

const LEVEL = /mso-list:\s*l\d+\s+level(\d+)/i;
const NUMBER = /^\(?(?:\d+|[a-zа-я]|[ivxlc]+)[.)]/i;
const KEPT = { a: ["href"], td: ["colspan", "rowspan"], th: ["colspan", "rowspan"], img: ["src", "alt"], ol: ["start"] };

export function cleanWordPaste(html) {
  const page = new DOMParser().parseFromString(quietStyles(html), "text/html");
  const body = page.body;
  removeComments(body);
  body.querySelectorAll("style, script, meta, link, xml, title").forEach((node) => node.remove());
  acceptChanges(body);
  buildLists(page, body);
  unwrapWordTags(body);
  tidyAttributes(body);
  body.querySelectorAll("p").forEach((paragraph) => {
    const empty = !paragraph.textContent.replace(/\u00a0/g, " ").trim() && !paragraph.querySelector("img");
    if (empty && !paragraph.closest("td, th")) paragraph.remove();
  });
  return body.innerHTML.trim();
}

// Styles are read as data: the content policy would block them and fill the console with reports.
function quietStyles(html) {
  return html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
}

const styleOf = (node) => node.getAttribute("data-style") || "";

function removeComments(root) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  found.forEach((comment) => comment.remove());
}

function unwrap(node) {
  node.replaceWith(...node.childNodes);
}

function acceptChanges(body) {
  body.querySelectorAll("del, .msoDel, .MsoCommentReference, [data-style*='mso-element:comment']").forEach((node) => node.remove());
  body.querySelectorAll("ins, .msoIns").forEach(unwrap);
}

function buildLists(page, body) {
  let open = []; // the lists that a next item may continue, outermost first
  let last = null;
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4")]) {
    const found = LEVEL.exec(styleOf(paragraph));
    if (!found) {
      if (!paragraph.closest("li")) open = [];
      continue;
    }
    if (last && previousElement(paragraph) !== open[0]) open = [];
    const level = Number(found[1]);
    const marker = paragraph.querySelector("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']");
    const text = marker ? marker.textContent.replace(/\u00a0/g, " ").trim() : "";
    marker?.remove();
    const tag = NUMBER.test(text) ? "ol" : "ul";
    open.length = Math.min(open.length, level);
    if (open.length === level && open[level - 1].localName !== tag) open.length = level - 1;
    while (open.length < level) {
      const list = page.createElement(tag);
      const host = open.at(-1)?.lastElementChild;
      if (host) host.append(list);
      else paragraph.before(list);
      open.push(list);
    }
    const item = page.createElement("li");
    const line = page.createElement("p");
    line.append(...paragraph.childNodes);
    item.append(line);
    open.at(-1).append(item);
    paragraph.remove();
    last = item;
  }
}

function previousElement(node) {
  let before = node.previousSibling;
  while (before && before.nodeType === Node.TEXT_NODE && !before.textContent.trim()) before = before.previousSibling;
  return before;
}

function unwrapWordTags(body) {
  for (const node of [...body.querySelectorAll("*")]) {
    if (node.localName.includes(":") || node.localName === "font") unwrap(node);
    else if (node.localName === "span") spanToMeaning(node);
    else if (node.localName === "b") rename(node, "strong");
    else if (node.localName === "i") rename(node, "em");
    else if (node.localName === "div") unwrap(node);
    else if (node.localName === "a" && !node.hasAttribute("href")) unwrap(node);
  }
}

function spanToMeaning(span) {
  const style = styleOf(span);
  const inside = span.closest("strong, b, h1, h2, h3, h4");
  if (/font-weight:\s*(bold|700)/i.test(style) && !inside) rename(span, "strong");
  else if (/font-style:\s*italic/i.test(style)) rename(span, "em");
  else unwrap(span);
}

function rename(node, name) {
  const next = node.ownerDocument.createElement(name);
  next.append(...node.childNodes);
  node.replaceWith(next);
}

function tidyAttributes(body) {
  for (const node of body.querySelectorAll("*")) {
    const kept = KEPT[node.localName] || [];
    for (const { name } of [...node.attributes]) if (!kept.includes(name)) node.removeAttribute(name);
  }
  body.querySelectorAll("colgroup, col").forEach((node) => node.remove());
  const texts = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(/[\s\u00a0]+/g, " ");
}
