// form[data-filters]: a changed filter is asked for at once; its button is needed without scripts.
export function filterForms(form) {
  for (const button of form.querySelectorAll("[data-filters-go]")) button.hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) {
      form.requestSubmit();
    }
  });
}
