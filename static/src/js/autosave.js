// form[data-autosave="URL"]: posts the form three seconds after the last change, at once when the
// page is put away, and before a link of the page is followed. The answer is JSON: {message} with
// {saves} or {seal}, the number or print of what is stored now, which the hidden field of that name
// carries; 422: not all could be kept; 409: somebody else saved, so no more is sent.
// input[data-autosave-follows] of another form carries the same number or print.
// [data-autosave-status] shows the message. The form tells what was answered as an «autosaved»
// event, and as «saved» when nothing is left to save.
const PAUSE = 3000;
const AGAIN = 15000; // after a failure

export function autosave(form) {
  const status = form.querySelector("[data-autosave-status]");
  let timer = null;
  let running = null; // the request on its way
  let stopped = false;
  let changes = 0;

  const say = (text) => {
    if (status) status.textContent = text || "";
  };

  async function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    timer = null;
    if (stopped) return;
    if (running) {
      schedule(PAUSE);
      return;
    }
    running = post(keepalive);
    await running;
    running = null;
  }

  async function post(keepalive) {
    const sent = changes;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: data,
        headers: { Accept: "application/json" },
        keepalive,
      });
      const told = await answer.json();
      for (const name of ["saves", "seal"]) {
        if (told[name] === undefined) continue;
        form.elements[name].value = told[name];
        const others = document.querySelectorAll(`input[name=${name}][data-autosave-follows]`);
        for (const other of others) other.value = told[name];
      }
      if (answer.status === 409) stopped = true;
      if (answer.status >= 500 || answer.status === 429) schedule(AGAIN);
      say(told.message || told.what);
      form.dispatchEvent(new CustomEvent("autosaved", { detail: told }));
      if (answer.ok && sent === changes) form.dispatchEvent(new Event("saved"));
    } catch {
      say(form.dataset.autosaveOffline);
      schedule(AGAIN);
    }
  }

  function schedule(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  form.addEventListener("input", () => {
    changes += 1;
    schedule(PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    stopped = true;
  });
  window.addEventListener("online", () => timer && save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save({ keepalive: true });
  });
  // Who goes on by a link need not wait for the three seconds; about what could not be kept the
  // browser asks as ever.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!(timer || running) || !link || elsewhere || event.defaultPrevented) return;
    if (link.target || link.hasAttribute("download") || !leaves(link)) return;
    event.preventDefault();
    await running;
    if (timer) await save();
    location.assign(link.href);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false;
  });
}

/** Whether a link opens another page, not another place of this one. */
function leaves(link) {
  return link.protocol.startsWith("http") && link.href.split("#")[0] !== location.href.split("#")[0];
}
