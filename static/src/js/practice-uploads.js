// [data-upload="URL"]: files chosen here are sent one after another, each answered by its row.
import { nextNumber } from "./practice-rows.js";

export function uploads(form, labels) {
  let busy = 0;
  window.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });

  for (const place of form.querySelectorAll("[data-upload]")) {
    const field = place.closest("[data-rows]");
    const input = place.querySelector("input[type=file]");
    const run = place.querySelector("[data-upload-run]");
    const told = place.querySelector("[data-told]");
    place.querySelector("[data-upload-plain]").hidden = true;

    input.addEventListener("change", async (event) => {
      event.stopPropagation();
      const files = [...input.files];
      input.value = ""; // they are sent here, not again with the form
      const faults = [];
      busy += 1;
      for (const file of files) {
        run.hidden = false;
        run.querySelector("[data-upload-name]").textContent = file.name;
        const fault = await sendOne(file);
        if (fault) faults.push(fault);
      }
      busy -= 1;
      run.hidden = true;
      told.hidden = !faults.length;
      told.querySelector("span").textContent = faults.join(" ");
    });

    async function sendOne(file) {
      const data = new FormData();
      data.append("csrf_token", form.elements.csrf_token.value);
      data.append("number", nextNumber(field));
      data.append("file", file);
      const answer = await post(place.dataset.upload, data, run.querySelector("progress"));
      if (!answer?.row) return answer?.message || `${file.name}: ${labels.failed}`;
      const holder = document.createElement("div");
      holder.innerHTML = answer.row;
      const row = holder.firstElementChild;
      field.querySelector("[data-rows-list]").append(row);
      form.dispatchEvent(new Event("input"));
      row.querySelector("input:not([type=hidden]), select").focus();
      return "";
    }
  }
}

function post(url, data, progress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest(); // fetch does not say how much is sent
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => done(request.response));
    request.addEventListener("error", () => done(null));
    request.send(data);
  });
}
