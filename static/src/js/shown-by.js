// [data-shown-by=id of a select]: of its parts with data-for="values" those are shown that name
// the chosen value. Without scripts all are there; one with an error in it never hides.
export function shownBy(box) {
  const select = document.getElementById(box.dataset.shownBy);
  const show = () => {
    for (const part of box.querySelectorAll("[data-for]")) {
      const wanted = part.dataset.for.split(" ").includes(select.value);
      part.hidden = !wanted && !part.querySelector(".field--error");
    }
  };
  select.addEventListener("change", show);
  show();
}
