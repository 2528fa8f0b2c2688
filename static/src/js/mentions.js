// textarea[data-mentions="URL"]: after @ it suggests people in a listbox that the keyboard reaches.
// A textarea stays a textbox, as HTML asks; aria-activedescendant names the option, and how many
// there are is said aloud. Whoever types on may ignore it: the portal finds typed names too.
const PAUSE = 150;
const NAME = /(?:^|[\s([„“«"])@([\p{L}\p{N}._'’-]{1,30}(?: [\p{L}'’-]{0,30})?)$/u;
let lists = 0;

export function mentions(area) {
  const list = document.createElement("div");
  const said = document.createElement("p");
  list.className = "mentions__list";
  list.id = `mentions-${(lists += 1)}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", area.dataset.mentionsLabel);
  said.className = "vh";
  said.setAttribute("role", "status");
  area.after(list, said);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("autocomplete", "off");

  let timer = null;
  let request = null;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const typed = () => NAME.exec(area.value.slice(0, area.selectionStart))?.[1];

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) area.setAttribute("aria-activedescendant", option.id);
    else area.removeAttribute("aria-activedescendant");
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    choose(null);
    list.hidden = true;
    said.textContent = "";
  }

  async function ask() {
    const words = typed();
    const space = area.form.elements.space?.value;
    if (!words || !space) return close();
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    try {
      const query = new URLSearchParams({ space, q: words });
      const answer = await fetch(`${area.dataset.mentions}?${query}`, { signal });
      if (!answer.ok) return close();
      list.innerHTML = await answer.text();
      // Ids of their own: a page has several such lists.
      for (const option of options()) option.id = `${list.id}-${option.id}`;
      const some = options();
      list.hidden = !some.length || document.activeElement !== area;
      if (list.hidden) choose(null);
      else choose(some[0]);
      said.textContent = some.length
        ? `${area.dataset.mentionsSome} ${some.length}`
        : area.dataset.mentionsNone;
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function put(option) {
    const end = area.selectionStart;
    const words = typed();
    if (words === undefined) return close();
    const name = `@${option.dataset.name} `;
    area.setRangeText(name, end - words.length - 1, end, "end");
    close();
    area.focus();
  }

  area.addEventListener("input", () => {
    clearTimeout(timer);
    if (!typed()) return close();
    timer = setTimeout(ask, PAUSE);
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : all.length - 1;
      choose(all[(at + step) % all.length]);
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen()) {
      event.preventDefault();
      put(chosen());
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  area.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) put(option);
  });
}

// A page opened at a comment, or come back to after writing one: the keyboard goes on from there.
export function toComment() {
  if (!/^#comment-\d+$/.test(location.hash)) return;
  document.getElementById(location.hash.slice(1))?.focus({ preventScroll: true });
}
