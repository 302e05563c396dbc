
"use strict";
// Shows what needs a script, then filters, opens and copies. Without it the page is complete.
const all = (selector) => document.querySelectorAll(selector);
all("[data-copy], .filters").forEach((element) => { element.hidden = false; });

const hidden = new Set();
all("[data-show]").forEach((button) => button.addEventListener("click", () => {
  const severity = button.dataset.show;
  const shown = hidden.delete(severity) || !hidden.add(severity);
  button.setAttribute("aria-pressed", String(shown));
  all("[data-severity]").forEach((item) => { item.hidden = hidden.has(item.dataset.severity); });
}));

const cards = all("details");
const openAll = (open) => cards.forEach((card) => { card.open = open; });
all("[data-open]").forEach((button) => button.addEventListener("click", () => {
  const open = button.textContent === "Open all";
  openAll(open);
  button.textContent = open ? "Close all" : "Open all";
}));
addEventListener("beforeprint", () => openAll(true));

all("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}));
