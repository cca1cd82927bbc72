// Keys of the officers' workspace (listed at /can-bo/phim-tat). This file is not loaded when they are switched off.

const rows = () => [...document.querySelectorAll(".tb tbody tr")];
const here = () => rows().findIndex((row) => row.classList.contains("cur"));

function moveTo(index) {
  const all = rows();
  const row = all[Math.max(0, Math.min(index, all.length - 1))];
  if (!row) return;
  all.forEach((one) => one.classList.toggle("cur", one === row));
  row.querySelector("td a")?.focus();
  row.scrollIntoView({ block: "nearest" });
}

const moves = {
  "/": () => document.querySelector('[data-key="/"]')?.focus(),
  "?": () => location.assign("/can-bo/phim-tat"),
  g: () => location.assign("/can-bo/hang-viec"),
  j: () => moveTo(here() + 1),
  k: () => moveTo(here() - 1),
  x: () => rows()[here()]?.querySelector(".ck input")?.click(),
};

addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
  // A button of the page that names the key goes first.
  const button = document.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key.toUpperCase())}"]`);
  const move = moves[event.key.toLowerCase()];
  if (!button && !move) return;
  event.preventDefault();
  if (button) button.click();
  else move();
});

// Answers that are no plain success still carry a page: a lost race (409), wrong input (422). An ended session starts anew.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status === 409 || status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
  if (status === 401) location.reload();
});
