// `/` goes to the search box; form[data-suggest="URL"] shows results while typing.
// The answer is the inside of a listbox: links with role=option and an id, grouped by role=group.
const PAUSE = 120;

export function searchKey() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable=true]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    const input = document.querySelector("[data-suggest] input[type=search]");
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

export function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const panel = form.querySelector("[data-suggest-panel]");
  const list = panel.querySelector("[role=listbox]");
  let timer = null;
  const where = form.querySelector("[data-where]");
  let asked = "";
  let request = null;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("autocomplete", "off");

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[role=option][aria-selected=true]");

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else input.removeAttribute("aria-activedescendant");
  }

  function show(open) {
    panel.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(null);
  }

  // On pages of a space: that space, and whether only its texts are asked for.
  const place = () =>
    where ? `&here=${where.options[1].value}${where.value && `&space=${where.value}`}` : "";
  const question = () => `?q=${encodeURIComponent(input.value.trim())}${place()}`;

  async function ask() {
    const url = `${form.dataset.suggest}${question()}`;
    if (url === asked) return;
    asked = url;
    request?.abort();
    if (input.value.trim().length < 2) return show(false);
    request = new AbortController();
    try {
      const answer = await fetch(url, { signal: request.signal });
      if (!answer.ok) return show(false);
      list.innerHTML = await answer.text();
      show(options().length > 0 && document.activeElement === input);
    } catch (error) {
      if (error.name !== "AbortError") show(false);
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("focus", () => {
    if (options().length && asked === `${form.dataset.suggest}${question()}`) show(true);
  });
  where?.addEventListener("change", ask);
  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "Escape") {
      if (!panel.hidden) event.preventDefault();
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place before the first: the words as typed.
      const next = ((at + 1 + step + all.length + 1) % (all.length + 1)) - 1;
      choose(next < 0 ? null : all[next]);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      window.location.href = chosen().href;
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
}
