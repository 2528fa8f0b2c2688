// The address of a link, found by words: what is typed is looked for as in the box of the top bar,
// and the texts of the portal that fit stand below as buttons. One of them gives its path,
// and its title as the words of a link that has none (data-title).
const PAUSE = 250;
const TEXTS = /^\/(pages|news|documents|practices)\/[^/?#]*\d(?=$|[?#])/;
const ADDRESS = /^(https?:|mailto:|tel:|www\.|\/|#)/i;

export function findLink(input, url) {
  const list = document.createElement("ul");
  list.className = "found-links";
  list.setAttribute("aria-live", "polite");
  input.after(list);
  input.autocomplete = "off";
  let timer = null;

  async function look(words) {
    const answer = await fetch(`${url}?q=${encodeURIComponent(words)}`).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (input.value.trim() !== words) return; // an answer to what was typed before
    const found = new DOMParser().parseFromString(html, "text/html").querySelectorAll("a[href]");
    list.replaceChildren(...[...found].flatMap((each) => line(each) ?? []));
  }

  function line(each) {
    const path = TEXTS.exec(each.getAttribute("href"))?.[0];
    if (!path) return null;
    const title = each.querySelector("span") ?? each;
    title.querySelector("small")?.remove();
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "btn btn--quiet btn--s",
      textContent: title.textContent.trim(),
    });
    button.addEventListener("click", () => {
      input.value = path;
      input.dataset.title = button.textContent;
      list.replaceChildren();
      input.focus();
    });
    const entry = document.createElement("li");
    entry.append(button);
    return entry;
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    delete input.dataset.title;
    const words = input.value.trim();
    if (words.length < 2 || ADDRESS.test(words)) return list.replaceChildren();
    timer = setTimeout(() => look(words), PAUSE);
  });
}
