// data-theme-choice="light|dark|auto": the colours of this browser, kept in it.
const KEY = "theme";

function wear(choice) {
  if (choice === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

export function theme() {
  let choice = "auto";
  try {
    choice = localStorage.getItem(KEY) || "auto";
  } catch {
    // Storage may be forbidden; the system's colours are shown.
  }
  wear(choice);
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.closest("[data-theme-group]")?.removeAttribute("hidden");
    button.addEventListener("click", () => {
      wear(button.dataset.themeChoice);
      try {
        localStorage.setItem(KEY, button.dataset.themeChoice);
      } catch {
        // Kept for this page only.
      }
    });
  }
}
