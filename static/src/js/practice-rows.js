// [data-rows]: a list of rows. Another is made from its template; one that is removed is put aside
// and can be brought back until the page is left.
export function rows(form, labels) {
  const changed = () => form.dispatchEvent(new Event("input"));

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-add], [data-row-remove]");
    const field = button?.closest("[data-rows]");
    if (!field) return;
    event.preventDefault();
    if (button.matches("[data-row-add]")) add(field, button);
    else remove(field, button.closest("[data-row]"));
  });

  function add(field, button) {
    const list = field.querySelector("[data-rows-list]");
    const there = list.querySelectorAll("[data-row]:not([hidden])").length;
    if (there >= Number(field.dataset.rowsHigh)) {
      tell(button, labels.full);
      return;
    }
    const holder = document.createElement("div");
    const number = nextNumber(field);
    holder.innerHTML = field.querySelector("template").innerHTML.replaceAll("{n}", number);
    const row = holder.firstElementChild;
    row.dataset.row = number;
    list.append(row);
    renumber(field);
    row.querySelector("input, textarea, select").focus();
  }

  function remove(field, row) {
    const note = document.createElement("p");
    note.className = "record__gone";
    note.append(labels.removed, " ");
    const back = document.createElement("button");
    back.type = "button";
    back.className = "btn btn--s btn--quiet";
    back.textContent = labels.undo;
    back.addEventListener("click", () => {
      note.remove();
      row.hidden = row.disabled = false;
      renumber(field);
      changed();
      row.querySelector("input:not([type=hidden]), textarea, select").focus();
    });
    note.append(back);
    row.after(note);
    row.hidden = row.disabled = true; // what is disabled is not sent
    renumber(field);
    changed();
    back.focus();
  }

  function tell(button, words) {
    let told = button.parentElement.querySelector("[role=status]");
    if (!told) {
      told = document.createElement("span");
      told.setAttribute("role", "status");
      told.className = "saved";
      button.after(" ", told);
    }
    told.textContent = words;
  }
}

export function nextNumber(field) {
  const numbers = [...field.querySelectorAll("[data-row]")].map((row) => Number(row.dataset.row));
  return Math.max(-1, ...numbers) + 1;
}

function renumber(field) {
  [...field.querySelectorAll("[data-row]:not([hidden])")].forEach((row, place) => {
    const number = row.querySelector("[data-row-number]");
    if (number) number.textContent = place + 1;
  });
}
