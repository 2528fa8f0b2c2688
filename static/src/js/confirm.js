// form[data-confirm="question"]: asks in a dialog before it posts. data-confirm-yes, -no: labels.
export function confirmations(form) {
  let sure = false;
  form.addEventListener("submit", (event) => {
    if (sure) return;
    event.preventDefault();
    const submitter = event.submitter;
    const dialog = document.createElement("dialog");
    const question = document.createElement("p");
    question.id = "confirm-question";
    question.textContent = form.dataset.confirm;
    dialog.setAttribute("aria-labelledby", question.id);
    const buttons = document.createElement("div");
    buttons.className = "form__end";
    const yes = document.createElement("button");
    yes.className = "btn btn--primary";
    yes.textContent = form.dataset.confirmYes || submitter?.textContent.trim() || "OK";
    const no = document.createElement("button");
    no.className = "btn";
    no.textContent = form.dataset.confirmNo || "✕";
    buttons.append(yes, no);
    dialog.append(question, buttons);
    document.body.append(dialog);
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (!sure) submitter?.focus();
    });
    yes.addEventListener("click", () => {
      sure = true;
      dialog.close();
      form.requestSubmit(submitter || undefined);
    });
    dialog.showModal();
    no.focus();
  });
}
