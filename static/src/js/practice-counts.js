// [data-count]: a control whose letters are counted in the element «<id>-count». Links do not
// count towards the least: a text must be understood without opening one.
const LINKS = /\bhttps?:\/\/\S+|\bwww\.\S+/g;

export function counts(form) {
  const show = (control) => {
    const count = document.getElementById(`${control.id}-count`);
    const { low, high, words, wordsLow } = count.dataset;
    const all = [...control.value.trim()].length;
    const own = [...control.value.replace(LINKS, "").trim()].length;
    const short = own < Number(low);
    const text = short ? wordsLow : words;
    count.textContent = text
      .replace("{n}", short ? own : all)
      .replace("{low}", low)
      .replace("{high}", high);
    count.classList.toggle("late", all > Number(high));
  };
  for (const control of form.querySelectorAll("[data-count]")) show(control);
  form.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-count]")) show(event.target);
  });
}
