// form[data-autosave="URL"]: posts the form three seconds after the last change.
// The answer is JSON: {saves, message} or, with 409 and 422, {message}. [data-autosave-status]
// shows the message; the hidden field named saves carries the number of the saved state.
const PAUSE = 3000;

export function autosave(form) {
  const status = form.querySelector("[data-autosave-status]");
  let timer = null;
  let running = false;
  let stopped = false;

  const say = (text) => {
    if (status) status.textContent = text || "";
  };

  async function save() {
    if (running || stopped) return schedule();
    running = true;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: data,
        headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (answer.ok) {
        form.elements.saves.value = told.saves;
        form.dispatchEvent(new Event("saved"));
      }
      if (answer.status === 409) stopped = true;
      say(told.message);
    } catch {
      say(form.dataset.autosaveOffline);
    } finally {
      running = false;
    }
  }

  function schedule() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  form.addEventListener("input", schedule);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    stopped = true;
  });
}
