// A wide table of a text scrolls by itself; where it does, the keyboard reaches it too (Safari
// skips it otherwise).
export function scrolls(table) {
  new ResizeObserver(() => {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
    else table.removeAttribute("tabindex");
  }).observe(table);
}
