// form[data-filters]: a changed filter is asked for at once; its button is needed without scripts.
// Its details, open without scripts, fold up on a narrow screen unless an error stands in them.
export function filterForms(form) {
  const box = form.querySelector("details");
  if (box && !matchMedia("(min-width: 62rem)").matches) box.open = box.hasAttribute("data-keep-open");
  for (const button of form.querySelectorAll("[data-filters-go]")) button.hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) {
      form.requestSubmit();
    }
  });
}
