// form[data-upload]: sends many files or a whole folder in portions, a row for each. Without
// scripts the form posts its files at once. Labels come in data-labels (JSON); each whole upload
// is announced to data-finish-url, which makes something of it and answers {url, title, state}.
import { fromDrop, fromInput } from "./upload-files.js";
import { forgetOld, Sending } from "./upload-sending.js";
import { fill } from "./upload-words.js";

const AT_ONCE = 2;
const SAID_EVERY = 5000; // milliseconds between two announcements

function uploads(form) {
  const labels = JSON.parse(form.dataset.labels);
  const zone = form.querySelector("[data-upload-zone]");
  const list = form.querySelector("[data-upload-rows]");
  const sum = form.querySelector("[data-upload-sum]"); // seen at once,
  const said = form.querySelector("[data-upload-said]"); // but read out only now and then
  const again = form.querySelector("[data-upload-again]");
  const mould = form.querySelector("template");
  const rows = [];
  let saidAt = 0;
  let saying = null;

  const options = {
    endpoint: new URL(form.dataset.endpoint, location.href).href,
    finishUrl: form.dataset.finishUrl,
    portion: Number(form.dataset.portion),
    token: form.elements.csrf_token.value,
    labels,
    changed,
  };

  function add(found) {
    for (const { file, path } of found) {
      const sending = new Sending(file, path, options, mould.content.firstElementChild);
      const known = rows.find((row) => row.state !== "done" && row.fingerprint === sending.fingerprint);
      if (known) {
        if (known.isHalted) known.resume();
        continue;
      }
      rows.push(sending);
      list.append(sending.element);
    }
    changed();
  }

  // Called whenever a row begins, ends or waits: starts the next ones and says how far all are.
  function changed(removed) {
    if (removed) {
      const at = rows.indexOf(removed);
      rows.splice(at, 1);
      (rows[Math.min(at, rows.length - 1)]?.button() || zone.querySelector("button")).focus();
    }
    let busy = rows.filter((row) => row.isBusy).length;
    for (const row of rows) {
      if (busy >= AT_ONCE) break;
      if (row.state === "waiting") {
        busy += 1;
        row.start();
      }
    }
    list.hidden = !rows.length;
    const over = !rows.some((row) => row.isBusy || row.state === "waiting");
    again.hidden = !over || !rows.some((row) => row.state === "done");
    sum.textContent = summary();
    clearTimeout(saying);
    saying = setTimeout(say, over ? 0 : Math.max(0, saidAt + SAID_EVERY - Date.now()));
  }

  function summary() {
    const done = rows.filter((row) => row.state === "done").length;
    const failed = rows.filter((row) => row.state === "failed").length;
    const parts = rows.length ? [fill(labels.sum, { done, all: rows.length })] : [];
    if (failed) parts.push(fill(labels.failed, { n: failed }));
    return parts.join(" ");
  }

  function say() {
    if (said.textContent === sum.textContent) return;
    said.textContent = sum.textContent;
    saidAt = Date.now();
  }

  for (const input of form.querySelectorAll("[data-upload-input]")) {
    const kind = input.dataset.uploadInput;
    form.querySelector(`[data-upload-pick="${kind}"]`).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      add(fromInput(input.files));
      input.value = "";
    });
  }
  for (const opener of document.querySelectorAll("[data-upload-open]")) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      form.querySelector("[data-upload-input=files]").click();
    });
  }
  // A file dropped beside the zone would open in place of the page.
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone.classList.add("upload__zone--over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("upload__zone--over");
  });
  document.addEventListener("drop", async (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("upload__zone--over");
    add(await fromDrop(event.dataTransfer));
  });
  window.addEventListener("beforeunload", (event) => {
    if (rows.some((row) => row.isBusy || row.state === "waiting")) event.preventDefault();
  });
  window.addEventListener("online", () => rows.forEach((row) => row.hurry()));
  form.querySelector("[data-upload-plain]").hidden = true;
  zone.hidden = false;
  forgetOld();
}

document.querySelectorAll("form[data-upload]").forEach(uploads);
