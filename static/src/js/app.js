// Behaviours of every page, hooked on by data- attributes. Each page works without them.
import { alerts } from "./alerts.js";
import { autosave } from "./autosave.js";
import { confirmations } from "./confirm.js";
import { dirty } from "./dirty.js";
import { drops } from "./drops.js";
import { filterForms } from "./filters.js";
import { mentions, toComment } from "./mentions.js";
import { notice } from "./notice.js";
import { picks } from "./picks.js";
import { scrolls } from "./scrolls.js";
import { searchKey, suggest } from "./search.js";
import { seen } from "./seen.js";
import { shownBy } from "./shown-by.js";
import { theme } from "./theme.js";
import { tickAll } from "./tick-all.js";

const each = (selector, start) => document.querySelectorAll(selector).forEach(start);

theme();
searchKey();
each("[data-suggest]", suggest);
each("details[data-drop]", drops);
each("form[data-confirm]", confirmations);
each("form[data-dirty]", dirty);
each("form[data-autosave]", autosave);
each("form[data-filters]", filterForms);
each("form[data-picks]", picks);
each(".prose > table", scrolls);
each("[data-seen]", seen);
each("[data-shown-by]", shownBy);
each("textarea[data-mentions]", mentions);
toComment();
each("[data-notice]", notice);
each("[data-alert]", alerts);
each("[data-tick-all]", tickAll);
each("[data-cards]", async (part) => (await import("./cards.js")).cards(part));
each("[data-must-read]", async (part) => (await import("./must-read.js")).mustRead(part));
each("[data-board]", async (part) => (await import("./board.js")).board(part));
// The tree of folders, open without scripts, is closed where it would push the list away.
each("details[data-folders]", (tree) => (tree.open = matchMedia("(min-width: 62rem)").matches));
// A row of links wider than a phone begins where the reader is.
each(".tabs [aria-current], .nav [aria-current]", (here) => {
  here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 20;
});
// What was refused is read out, and Tab goes on from there to the fields.
each(".errors", (summary) => summary.focus());
each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
