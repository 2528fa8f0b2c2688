// What the server answers when the form saves itself: faults at their controls, the meter, the
// steps. The control in which one types is told nothing new until one leaves it.
export function answers(form) {
  let last = null;

  form.addEventListener("autosaved", (event) => {
    if (!event.detail.faults) return;
    last = event.detail;
    for (const [key, print] of Object.entries(last.was)) form.elements[`was-${key}`].value = print;
    for (const [place, html] of [["meter", last.meter], ["steps", last.steps]]) {
      replace(document.querySelector(`[data-practice-${place}]`), html);
    }
    document.querySelector("[data-practice-percent]").textContent = `${last.percent} %`;
    show();
  });
  form.addEventListener("focusout", () => setTimeout(show));

  function show() {
    if (!last) return;
    for (const told of form.querySelectorAll("[data-told]")) {
      const key = told.dataset.told;
      if (key.endsWith("-upload")) continue;
      const fault = last.faults[key];
      const words = fault || last.lacks[key] || "";
      if (words && document.activeElement?.id === key) continue;
      told.hidden = !words;
      told.className = fault ? "field__error" : "field__lack";
      told.querySelector("span").textContent = words;
      const control = document.getElementById(key);
      if (fault) control?.setAttribute("aria-invalid", "true");
      else control?.removeAttribute("aria-invalid");
      told.closest(".cell, .field").classList.toggle("field--error", Boolean(fault));
    }
  }
}

// The same part afresh; what was unfolded stays so, and nobody is thrown out of it.
function replace(place, html) {
  if (!place || place.contains(document.activeElement)) return;
  const open = [...place.querySelectorAll("details")].map((details) => details.open);
  place.innerHTML = html;
  place.querySelectorAll("details").forEach((details, at) => (details.open = open[at] ?? false));
}
