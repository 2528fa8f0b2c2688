// [data-must-read]: who must read a text. Long lists get a box that narrows them, names are offered
// while they are typed, and a day beside the date fills it. Without scripts the lists are whole,
// names are typed out and the date is typed in.
const PAUSE = 200; // milliseconds of silence before names are looked up
const LONG = 8; // lines that a list shows without being narrowed

export function mustRead(part) {
  const labels = JSON.parse(part.dataset.labels);
  for (const list of part.querySelectorAll("[data-filtered]")) narrow(list, labels);
  days(part);
  names(part, labels);
}

function narrow(list, labels) {
  const lines = [...list.children];
  if (lines.length <= LONG) return;
  const box = Object.assign(document.createElement("input"), { type: "search", className: "input" });
  box.placeholder = labels.filter;
  box.setAttribute("aria-label", `${labels.filter}: ${list.closest("fieldset").querySelector("legend").textContent}`);
  box.addEventListener("input", () => {
    const words = box.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const line of lines) {
      const text = line.textContent.toLocaleLowerCase();
      line.hidden = !line.querySelector("input").checked && !words.every((word) => text.includes(word));
    }
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it looks, it does not send the form
  });
  list.before(box);
}

function days(part) {
  const row = part.querySelector("[data-days]");
  const date = part.querySelector("#must_read_by");
  row.hidden = false;
  row.addEventListener("click", (event) => {
    const button = event.target.closest("[data-day]");
    if (!button) return;
    date.value = button.dataset.day;
    date.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function names(part, labels) {
  const box = part.querySelector("#must_read_names");
  const chosen = part.querySelector("[data-chosen]");
  const offered = Object.assign(document.createElement("datalist"), { id: "must-read-offered" });
  const said = Object.assign(document.createElement("p"), { className: "vh" });
  said.setAttribute("role", "status");
  box.after(offered, said);
  box.setAttribute("list", offered.id);
  let people = new Map();
  let timer;

  async function look() {
    const words = box.value.split(/[,;]/).at(-1).trim();
    if (words.length < 2) return;
    const answer = await fetch(`${part.dataset.people}?${new URLSearchParams({ q: words })}`, {
      headers: { Accept: "application/json" },
    }).catch(() => null);
    if (!answer?.ok) return; // what is typed is found by the server when the form is sent
    people = new Map((await answer.json()).map(({ id, label }) => [label, id]));
    offered.replaceChildren(...[...people.keys()].map((label) => new Option("", label)));
  }

  function take(label) {
    const id = people.get(label);
    const known = part.querySelector(`[name="must_read"][value="${id}"]`);
    if (known) known.checked = true;
    else {
      const box = Object.assign(document.createElement("input"), {
        type: "checkbox", name: "must_read", value: id, id: `must_read-person-${id}`, checked: true,
      });
      const tag = Object.assign(document.createElement("label"), { htmlFor: box.id, textContent: label });
      const line = document.createElement("li");
      line.append(box, " ", tag);
      chosen.append(line);
    }
    box.value = "";
    offered.replaceChildren();
    said.textContent = labels.added.replace("{name}", label);
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    if (people.has(box.value)) take(box.value);
    else timer = setTimeout(look, PAUSE);
  });
}
