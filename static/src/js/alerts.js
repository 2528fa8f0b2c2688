// [data-alert]: an alert that its reader hides. The page stays as it is, with what she typed in it.
export function alerts(line) {
  const form = line.querySelector("form");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.type !== "opaqueredirect") throw new Error(`status ${answer.status}`);
    } catch {
      form.submit(); // the page that answers says what is wrong
      return;
    }
    const all = line.parentElement;
    line.remove();
    if (!all.children.length) all.remove();
    document.querySelector("main").focus();
  });
}
