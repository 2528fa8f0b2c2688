// [data-seen="URL"]: tells the portal once that somebody had the item before her eyes, when its
// page has been visible for two seconds. It counts; it names nobody.
const AFTER = 2000;

export function seen(item) {
  // Nothing is counted of who looks with another person's eyes, or at a preview.
  if (document.querySelector(".seeing, .preview")) return;
  const token = document.querySelector("input[name=csrf_token]")?.value;
  let timer = null;

  function tell() {
    document.removeEventListener("visibilitychange", watch);
    const headers = { "X-CSRFToken": token };
    fetch(item.dataset.seen, { method: "POST", headers, keepalive: true }).catch(() => {});
  }
  function watch() {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(tell, AFTER);
  }
  document.addEventListener("visibilitychange", watch);
  watch();
}
