// fieldset[data-tick-all="All of them"]: a box above the others that ticks and clears them at once.
let count = 0;

export function tickAll(group) {
  const boxes = [...group.querySelectorAll("input[type=checkbox]")];
  if (boxes.length < 3) return;
  const item = document.createElement("li");
  const all = Object.assign(document.createElement("input"), { type: "checkbox", id: `all-${(count += 1)}` });
  const label = Object.assign(document.createElement("label"), { htmlFor: all.id, textContent: group.dataset.tickAll });
  item.append(all, label);
  boxes[0].closest("ul").prepend(item);

  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
}
