// form[data-practice]: a step of the practice form. Rows come and go, files are sent at once,
// letters are counted, and what the server says while it saves is shown at the controls.
import { answers } from "./practice-answers.js";
import { counts } from "./practice-counts.js";
import { rows } from "./practice-rows.js";
import { uploads } from "./practice-uploads.js";

for (const form of document.querySelectorAll("form[data-practice]")) {
  const labels = JSON.parse(form.dataset.labels);
  counts(form);
  rows(form, labels);
  uploads(form, labels);
  answers(form);
}
// The steps, open without scripts, are folded where they would push the form away.
for (const steps of document.querySelectorAll("details[data-walk]")) {
  steps.open = matchMedia("(min-width: 62rem)").matches;
}
