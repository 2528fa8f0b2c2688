// [data-notice]: a notice that was not read. Opening what it is about marks it as read, by the form
// that stands beside it; the link itself stays a link.
export function notice(entry) {
  const form = entry.querySelector("form");
  const open = (event) => {
    if (event.type === "auxclick" && event.button !== 1) return;
    navigator.sendBeacon(form.action, new FormData(form));
    // For who comes back to this page as the browser kept it.
    entry.classList.remove("told--new");
    entry.querySelector("[data-notice-new]")?.remove();
    form.hidden = true;
  };
  const link = entry.querySelector(".entry__title a");
  link.addEventListener("click", open, { once: true });
  link.addEventListener("auxclick", open, { once: true });
}
