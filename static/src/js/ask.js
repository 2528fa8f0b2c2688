// A small dialog with fields. Resolves to the values, or null when it was left.
// `send` may do the work while the dialog is open; what it throws is shown at its foot.
let count = 0;

export function ask(title, fields, labels, send = async (values) => values) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    const form = document.createElement("form");
    const heading = document.createElement("h2");
    const id = `ask-${(count += 1)}`;
    heading.id = id;
    heading.textContent = title;
    dialog.setAttribute("aria-labelledby", id);
    form.method = "dialog";
    form.append(heading, ...fields.map((field) => control(id, field)));
    const error = document.createElement("p");
    error.className = "field__error";
    error.setAttribute("role", "alert");
    const end = document.createElement("div");
    end.className = "form__end";
    const yes = Object.assign(document.createElement("button"), { className: "btn btn--primary", textContent: labels.insert });
    const no = Object.assign(document.createElement("button"), { className: "btn", type: "button", textContent: labels.cancel });
    end.append(yes, no);
    form.append(error, end);
    dialog.append(form);
    document.body.append(dialog);
    let answer = null;
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const values = {};
      for (const field of fields) {
        const input = form.elements[field.name];
        values[field.name] = field.type === "file" ? input.files[0] : input.value;
      }
      yes.disabled = true;
      try {
        answer = await send(values);
        dialog.close();
      } catch (failure) {
        error.textContent = failure.message;
      } finally {
        yes.disabled = false;
      }
    });
    dialog.showModal();
    form.querySelector("input")?.focus();
  });
}

function control(id, field) {
  const box = document.createElement("div");
  box.className = "field";
  const label = document.createElement("label");
  label.textContent = field.label;
  const input = document.createElement("input");
  input.type = field.type;
  input.name = field.name;
  input.id = label.htmlFor = `${id}-${field.name}`;
  input.required = Boolean(field.required);
  if (field.type === "file") input.accept = "image/jpeg,image/png,image/webp,image/gif";
  else input.value = field.value || "";
  box.append(label);
  if (field.hint) {
    const hint = document.createElement("p");
    hint.className = "field__hint";
    hint.id = `${input.id}-hint`;
    hint.textContent = field.hint;
    input.setAttribute("aria-describedby", hint.id);
    box.append(hint);
  }
  box.append(input);
  return box;
}
