// [data-board]: cards are moved by dragging, or with the keyboard: their handle takes a card up and
// puts it down, arrow keys move it meanwhile. The server decides; when somebody else has moved the
// card since, the board is fetched again and says who did.
import { drops } from "./drops.js";

export function board(place) {
  const says = place.querySelector("[data-board-says]");
  const token = document.querySelector("#move [name=csrf_token]").value;
  document.getElementById("moving").hidden = false;
  let taken = null; // { card, list, next }: the card and where it was

  place.querySelectorAll("[data-card]").forEach(ready);

  function ready(card) {
    const grip = card.querySelector("[data-grab]");
    if (!grip) return;
    grip.hidden = false;
    card.draggable = true;
    for (const link of card.querySelectorAll("a")) link.draggable = false; // the card is
  }

  const list = (card) => card.closest("[data-tasks]");
  const column = (card) => card.closest("[data-column]");
  const fill = (words, card) =>
    words
      .replace("{title}", card.dataset.title)
      .replace("{column}", column(card).querySelector("[data-column-name]").textContent)
      .replace("{n}", [...list(card).children].indexOf(card) + 1)
      .replace("{all}", list(card).children.length);

  function take(card) {
    taken = { card, list: list(card), next: card.nextElementSibling };
  }

  function back() {
    taken.list.insertBefore(taken.card, taken.next);
  }

  // ── By keyboard ──

  place.addEventListener("click", (event) => {
    const grip = event.target.closest("[data-grab]");
    if (!grip) return;
    const card = grip.closest("[data-card]");
    if (taken?.card === card) putDown();
    else if (!taken) {
      take(card);
      mark(card, true);
      says.textContent = fill(place.dataset.taken, card);
    }
  });

  place.addEventListener("keydown", (event) => {
    if (!taken || !event.target.closest("[data-grab]")) return;
    const { card } = taken;
    if (event.key === "Escape") leave();
    else if (event.key === "ArrowUp" && card.previousElementSibling) card.previousElementSibling.before(card);
    else if (event.key === "ArrowDown" && card.nextElementSibling) card.nextElementSibling.after(card);
    else if (event.key === "ArrowLeft") beside(card, "previousElementSibling");
    else if (event.key === "ArrowRight") beside(card, "nextElementSibling");
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    if (!taken) return;
    card.querySelector("[data-grab]").focus(); // what moves in the page loses it
    card.scrollIntoView({ block: "nearest" });
    says.textContent = fill(place.dataset.over, card);
  });

  // Whoever goes elsewhere leaves the card where it was; moving it takes the focus for a moment.
  place.addEventListener("focusout", () =>
    setTimeout(() => {
      if (taken?.card.matches(".task--taken") && !taken.card.contains(document.activeElement)) leave();
    }),
  );

  function beside(card, side) {
    const next = column(card)[side];
    if (next?.matches("[data-column]")) next.querySelector("[data-tasks]").prepend(card);
  }

  function mark(card, on) {
    card.classList.toggle("task--taken", on);
    card.querySelector("[data-grab]").setAttribute("aria-pressed", String(on));
  }

  function leave() {
    const { card } = taken;
    const had = card.contains(document.activeElement);
    mark(card, false);
    back();
    taken = null;
    if (had) card.querySelector("[data-grab]").focus();
    says.textContent = fill(place.dataset.left, card);
  }

  function putDown() {
    mark(taken.card, false);
    send(true);
  }

  // ── By dragging ──

  place.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.("[data-card][draggable=true]");
    if (!card || taken) return;
    take(card);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.title);
    requestAnimationFrame(() => card.classList.add("task--dragged"));
  });
  place.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-column]");
    if (!taken || !over) return;
    event.preventDefault();
    place.querySelectorAll(".board__col--over").forEach((each) => each.classList.remove("board__col--over"));
    over.classList.add("board__col--over");
    const cards = [...over.querySelectorAll("[data-card]")].filter((each) => each !== taken.card);
    const below = cards.find((each) => {
      const box = each.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    over.querySelector("[data-tasks]").insertBefore(taken.card, below ?? null);
  });
  place.addEventListener("drop", (event) => {
    if (!taken) return;
    event.preventDefault();
    send(false);
  });
  place.addEventListener("dragend", () => {
    place.querySelectorAll(".board__col--over, .task--dragged").forEach((each) => each.classList.remove("board__col--over", "task--dragged"));
    if (taken && !taken.card.matches(".task--taken")) {
      back();
      taken = null;
    }
  });

  // ── What the server says ──

  async function send(byKey) {
    const { card, list: from, next } = taken;
    if (list(card) === from && card.nextElementSibling === next) return leave();
    const was = from.closest("[data-column]");
    const form = new FormData();
    form.set("csrf_token", token);
    form.set("state", column(card).dataset.column);
    form.set("moves", card.dataset.moves);
    form.set("after", card.previousElementSibling?.dataset.card ?? 0);
    const before = taken;
    taken = null;
    let answer, told;
    try {
      answer = await fetch(`/tasks/${card.dataset.card}/move`, { method: "POST", body: form, headers: { Accept: "application/json" } });
      told = await answer.json();
    } catch {
      told = null;
    }
    if (answer?.ok) {
      count(was, -1);
      count(column(card), 1);
      const fresh = new DOMParser().parseFromString(told.card, "text/html").querySelector("[data-card]");
      card.replaceWith(fresh);
      ready(fresh);
      fresh.querySelectorAll("details[data-drop]").forEach(drops);
      if (byKey) fresh.querySelector("[data-grab]")?.focus();
      says.textContent = told.told;
    } else if (answer?.status === 409) {
      await afresh();
      tell(told.told, card.dataset.card);
    } else {
      before.list.insertBefore(card, before.next);
      tell(told?.what || place.dataset.failed, card.dataset.card);
    }
  }

  function count(col, by) {
    const number = col.querySelector("[data-column-count]");
    number.textContent = Number(number.textContent) + by;
  }

  // The columns as they are now.
  async function afresh() {
    const page = await (await fetch(location.href)).text();
    const now = new DOMParser().parseFromString(page, "text/html");
    for (const col of place.querySelectorAll("[data-column]")) {
      const fresh = now.querySelector(`[data-board] [data-column="${col.dataset.column}"]`);
      if (fresh) col.replaceWith(fresh);
    }
    place.querySelectorAll("[data-card]").forEach(ready);
    place.querySelectorAll("details[data-drop]").forEach(drops);
  }

  function tell(words, number) {
    document.querySelector("[data-board-told]")?.remove();
    const box = document.createElement("div");
    box.className = "notice notice--due";
    box.dataset.boardTold = "";
    box.setAttribute("role", "alert");
    const line = document.createElement("p");
    line.textContent = words;
    box.append(line);
    place.before(box);
    const card = place.querySelector(`[data-card="${number}"]`);
    card?.classList.add("task--new");
    (card?.querySelector("[data-grab]") ?? card?.querySelector("a"))?.focus();
  }
}
