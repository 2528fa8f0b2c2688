// One file on its way: what the server has of it, its row, and its buttons stop, resume, remove.
import { defaultOptions, Upload } from "tus-js-client";

import { amount, fill, left } from "./upload-words.js";

// Seconds between attempts while the network is gone: growing, then once a minute for an hour.
const PAUSES = [1, 2, 5, 10, 20, 30, ...Array(60).fill(60)].map((seconds) => seconds * 1000);
const SHOWN_EVERY = 250; // milliseconds
const DAY = 24 * 3600 * 1000;
const OWN = "portal-upload|";
const storage = defaultOptions.urlStorage;

// The server forgets uploads after a day, so this browser may forget where they were.
export async function forgetOld() {
  for (const kept of await storage.findAllUploads()) {
    const age = Date.now() - new Date(kept.creationTime).getTime();
    if (kept.urlStorageKey.includes(OWN) && age > DAY) storage.removeUpload(kept.urlStorageKey);
  }
}

export class Sending {
  // state: waiting, sending, offline, finishing, stopped, failed, done
  state = "waiting";

  constructor(file, path, options, mould) {
    Object.assign(this, { file, path, options, labels: options.labels });
    const facts = [options.finishUrl, ...path, file.name, file.size, file.lastModified];
    this.fingerprint = OWN + facts.join("|");
    this.headers = { "X-CSRFToken": options.token, Accept: "application/json" };
    this.element = mould.cloneNode(true);
    this.part = (name) => this.element.querySelector(`[data-part="${name}"]`);
    this.part("name").textContent = [...path, file.name].join(" / ");
    this.part("bar").max = file.size || 1;
    this.part("bar").setAttribute("aria-label", fill(this.labels.upload, { name: file.name }));
    for (const button of this.element.querySelectorAll("[data-do]")) {
      button.setAttribute("aria-label", `${button.textContent.trim()}: ${file.name}`);
      button.addEventListener("click", () => this[button.dataset.do]());
    }
    this.upload = this.makeUpload();
    this.show("waiting");
  }

  get isBusy() {
    return ["sending", "offline", "finishing"].includes(this.state);
  }

  get isHalted() {
    return this.state === "stopped" || (this.state === "failed" && !this.isRefused);
  }

  makeUpload() {
    return new Upload(this.file, {
      endpoint: this.options.endpoint,
      chunkSize: this.options.portion,
      headers: this.headers,
      metadata: { filename: this.file.name, path: this.path.join("/") },
      retryDelays: PAUSES,
      fingerprint: async () => this.fingerprint,
      onAfterResponse: (request, response) => this.answered(request, response),
      onShouldRetry: (error) => this.mayRetry(error),
      onProgress: (sent) => this.progressed(sent),
      onSuccess: () => this.finish(),
      onError: (error) => this.fail(told(error.originalResponse?.getBody()) || this.labels.broken),
    });
  }

  async start() {
    this.show("sending");
    if (!this.upload.url) {
      const kept = await this.upload.findPreviousUploads();
      if (kept.length) this.upload.resumeFromPreviousUpload(kept.at(-1));
    }
    if (this.state === "sending") this.upload.start();
  }

  // tus-js-client would begin anew after any answer that is not the offset. Only an upload that
  // the server does not know is begun anew; a busy server is asked again, and a refusal is shown.
  answered(request, response) {
    const status = response.getStatus();
    this.refused = null;
    if (request.getMethod() !== "HEAD" || status < 300 || status === 404) return;
    if (status < 500 && status !== 423 && status !== 429) this.refused = this.labels.broken;
    throw new Error(`the upload's state was answered ${status}`);
  }

  mayRetry(error) {
    const status = error.originalResponse?.getStatus() || 0;
    const again = this.refused
      ? false
      : [0, 409, 423, 429].includes(status) || (status >= 500 && status !== 507);
    if (again) this.show(status ? "sending" : "offline");
    return again;
  }

  progressed(sent) {
    const now = performance.now();
    if (this.state !== "sending") this.show("sending");
    this.began ??= { at: now, sent };
    if (now - (this.shownAt || 0) < SHOWN_EVERY && sent < this.file.size) return;
    this.shownAt = now;
    this.part("bar").value = sent;
    const speed = (sent - this.began.sent) / (now - this.began.at); // bytes a millisecond
    const parts = [amount(sent, this.file.size, this.labels)];
    if (speed > 0 && sent < this.file.size) {
      parts.push(left((this.file.size - sent) / speed / 1000, this.labels));
    }
    this.tell(...parts);
  }

  async finish(attempt = 0) {
    this.show("finishing");
    let answer = null;
    let said = {};
    try {
      answer = await fetch(this.options.finishUrl, {
        method: "POST",
        headers: { ...this.headers, "Content-Type": "application/json" },
        body: JSON.stringify({ upload: this.upload.url.split("/").pop() }),
      });
      said = await answer.json();
    } catch {
      answer = null;
    }
    if (this.state !== "finishing") return;
    if (answer?.ok) return this.succeed(said);
    const again = !answer || answer.status === 423 || answer.status === 503;
    if (!again || attempt >= PAUSES.length) return this.fail(said.message || said.what, !again);
    this.tell(answer ? this.labels.finishing : this.labels.offline);
    this.later = setTimeout(() => this.finish(attempt + 1), PAUSES[attempt]);
  }

  succeed(said) {
    this.forget();
    const link = document.createElement("a");
    link.href = said.url;
    link.textContent = said.title;
    this.part("name").replaceChildren(link);
    this.show("done");
    this.tell(...[said.state, said.message].filter(Boolean));
    this.options.changed();
  }

  // forGood: the server looked at the whole file and will not have it.
  fail(message, forGood = false) {
    this.isRefused = forGood;
    this.show("failed");
    this.tell(message || this.labels.broken);
    this.options.changed();
  }

  stop() {
    this.halt();
    this.show("stopped");
    this.button()?.focus();
    this.options.changed();
  }

  resume() {
    this.began = null;
    this.show("waiting");
    this.button()?.focus();
    this.options.changed();
  }

  remove() {
    this.halt();
    this.forget();
    if (this.upload.url) {
      fetch(this.upload.url, {
        method: "DELETE",
        headers: { ...this.headers, "Tus-Resumable": "1.0.0" },
      }).catch(() => null); // the server forgets it by itself after a day
    }
    this.element.remove();
    this.options.changed(this);
  }

  // The network is back: do not sit out the pause.
  hurry() {
    if (this.state !== "offline") return;
    this.halt();
    this.start();
  }

  halt() {
    clearTimeout(this.later);
    this.upload.abort();
  }

  async forget() {
    for (const kept of await this.upload.findPreviousUploads()) {
      storage.removeUpload(kept.urlStorageKey);
    }
  }

  button() {
    return this.element.querySelector("[data-do]:not([hidden])");
  }

  show(state) {
    this.state = state;
    this.element.dataset.state = state;
    if (state === "offline") this.began = null; // a pause is no measure of speed
    const on = {
      stop: ["waiting", "sending", "offline"].includes(state),
      resume: this.isHalted,
      remove: ["waiting", "stopped", "failed"].includes(state),
    };
    for (const button of this.element.querySelectorAll("[data-do]")) {
      button.hidden = !on[button.dataset.do];
    }
    this.part("bar").hidden = state === "done" || state === "failed";
    if (this.labels[state]) this.tell(this.labels[state]);
  }

  tell(...parts) {
    this.part("state").replaceChildren(
      ...parts.map((text) => Object.assign(document.createElement("span"), { textContent: text })),
    );
  }
}

function told(body) {
  try {
    const said = JSON.parse(body);
    return said.message || said.what;
  } catch {
    return "";
  }
}
