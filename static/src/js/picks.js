// form[data-picks="{n} selected"]: a list's checkboxes ([data-pick], tied by their form attribute)
// and its bar of actions, which shows only while something is picked. Without scripts it is there.
export function picks(form) {
  const boxes = [...form.elements].filter((element) => element.matches("[data-pick]"));
  const bar = form.querySelector("[data-picks-bar]");
  const count = form.querySelector("[data-picks-count]");
  const all = document.querySelector("[data-picks-all]");
  const none = form.querySelector("[data-picks-none]");

  function show() {
    const picked = boxes.filter((box) => box.checked).length;
    count.textContent = picked ? form.dataset.picks.replace("{n}", picked) : "";
    bar.hidden = !picked;
    all.checked = picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }

  function set(checked) {
    for (const box of boxes) box.checked = checked;
    show();
  }

  all.hidden = none.hidden = false;
  all.addEventListener("change", () => set(all.checked));
  none.addEventListener("click", () => {
    set(false);
    all.focus();
  });
  for (const box of boxes) box.addEventListener("change", show);
  show(); // a browser keeps what was picked when one comes back
}
