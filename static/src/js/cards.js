// [data-cards]: cards ([data-card]) that are moved to places ([data-place]) by dragging, or by the
// keyboard: the button [data-grab] picks one up, arrows choose, Enter puts it down, Escape leaves.
// The server answers with the page as it is then, or with the page that asks for what is missing.
import { drops } from "./drops.js";

const STEPS = {
  board: { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 },
  calendar: { ArrowLeft: -1, ArrowUp: -7, ArrowRight: 1, ArrowDown: 7 },
};

export function cards(root) {
  const kind = root.dataset.cards;
  const words = JSON.parse(root.dataset.words);
  // The region is there from the beginning, so that screen readers tell what comes into it.
  const said = document.querySelector("[data-cards-said] > *");
  let held = null; // { card, at }: what the keyboard has picked up, and over which place it is
  let busy = false;

  const places = () => [...root.querySelectorAll("[data-place]")];
  const placeOf = (card) => card.closest("[data-place]");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  function say(text, isFault = false) {
    said.hidden = !text;
    said.classList.toggle("notice--error", isFault);
    said.querySelector("p").textContent = text;
  }

  function over(place) {
    for (const each of places()) each.classList.toggle("is-over", each === place);
  }

  function fields(card, place) {
    const data = new FormData();
    data.set("csrf_token", document.querySelector("input[name=csrf_token]").value);
    data.set("card", card.dataset.card);
    data.set("seal", card.dataset.seal);
    if (kind === "board") data.set("to", place.dataset.place);
    else {
      const time = card.dataset.time;
      data.set("at", time ? `${place.dataset.place}T${time}` : place.dataset.place);
      data.set("view", root.dataset.view);
    }
    return data;
  }

  async function move(card, place) {
    if (busy || place === placeOf(card)) return;
    busy = true;
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(root.dataset.url, { method: "POST", body: fields(card, place) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector(`[data-cards="${kind}"]`);
      if (next) return show(next, page, answer);
      const fault = page.querySelector(".field__error, [data-cards-said] > :not([hidden])");
      if (answer.ok && answer.redirected) location.assign(answer.url);
      else if (answer.status === 409) await afresh(fault.textContent.trim());
      else say(fault?.textContent.trim() || words.failed, true);
    } catch {
      say(words.failed, true);
    } finally {
      busy = false;
      root.removeAttribute("aria-busy");
    }
  }

  // Somebody else was first, and the answer is another page: this one as it is now, and why.
  async function afresh(message) {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(page.querySelector(`[data-cards="${kind}"]`), page, answer);
    say(message, true);
  }

  function show(next, page, answer) {
    const message = page.querySelector("[data-cards-said] > :not([hidden]) p, main > .notice p");
    say(message ? message.textContent.trim() : "", !answer.ok);
    const key = new URL(answer.url).searchParams.get("card");
    if (answer.ok) {
      history.replaceState(null, "", answer.url);
      const title = page.querySelector("[data-cards-title]");
      if (title) document.querySelector("[data-cards-title]").textContent = title.textContent;
    }
    next = document.importNode(next, true);
    root.replaceWith(next);
    next.querySelectorAll("details[data-drop]").forEach(drops);
    cards(next);
    const card = key && next.querySelector(`[id="${CSS.escape(key)}"]`);
    (card?.querySelector("[data-grab]:not([hidden])") || card?.querySelector("a"))?.focus();
  }

  function pickUp(card) {
    held = { card, at: places().indexOf(placeOf(card)) };
    card.classList.add("is-held");
    say(fill(words.grabbed, { title: card.dataset.title }));
  }

  function letGo(isLeft) {
    if (!held) return;
    held.card.classList.remove("is-held");
    if (isLeft) say(fill(words.left, { title: held.card.dataset.title }));
    over(null);
    held = null;
  }

  function step(by) {
    const all = places();
    if (!all[held.at + by]) return say(words.edge);
    held.at += by;
    const place = all[held.at];
    over(place);
    place.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(fill(words.over, { place: place.dataset.name }));
  }

  for (const card of root.querySelectorAll("[data-card]")) {
    card.draggable = true;
    for (const link of card.querySelectorAll("a")) link.draggable = false; // the card is
    card.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", card.dataset.title);
      event.dataTransfer.effectAllowed = "move";
      root.dragged = card;
      card.classList.add("is-dragged");
    });
    card.addEventListener("dragend", () => {
      card.classList.remove("is-dragged");
      over(null);
      root.dragged = null;
    });
    const button = card.querySelector("[data-grab]");
    button.hidden = false;
    button.addEventListener("click", () => {
      if (!held) return pickUp(card);
      const target = places()[held.at];
      letGo(target === placeOf(card));
      move(card, target);
    });
    button.addEventListener("keydown", (event) => {
      if (!held) return;
      if (event.key === "Escape") letGo(true);
      else if (event.key in STEPS[kind]) step(STEPS[kind][event.key]);
      else return;
      event.preventDefault();
    });
    button.addEventListener("blur", () => letGo(true));
  }
  for (const place of places()) {
    place.addEventListener("dragover", (event) => {
      if (!root.dragged) return;
      event.preventDefault();
      over(place);
    });
    place.addEventListener("drop", (event) => {
      if (!root.dragged) return;
      event.preventDefault();
      over(null);
      move(root.dragged, place);
    });
  }
}
