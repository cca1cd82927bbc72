// Lists in which rows are ticked, and the keys of the officers' workspace (listed at /can-bo/phim-tat).

const rows = () => [...document.querySelectorAll(".tb tbody tr")];
const here = () => rows().findIndex((row) => row.classList.contains("cur"));
const boxes = () => [...document.querySelectorAll("[data-many] .ck input[name=chon]")];

// Ticking: the head ticks the page, the bar counts; without this the bar and its boxes work all the same.
const many = document.querySelector("[data-many]:has(.bulk)");
let whole, last;
if (many) {
  const said = many.querySelector("[data-chosen]");
  const label = document.createElement("label");
  whole = Object.assign(document.createElement("input"), { type: "checkbox" });
  label.append(whole, many.querySelector("thead .ck").firstElementChild);
  many.querySelector("thead .ck").append(label);
  said.setAttribute("role", "status");
  many.addEventListener("change", ({ target }) => {
    if (target === whole) boxes().forEach((box) => { box.checked = whole.checked; });
    count(said);
  });
  count(said);
}

function count(said) {
  const number = boxes().filter((box) => box.checked).length;
  whole.checked = number > 0 && number === boxes().length;
  whole.indeterminate = number > 0 && !whole.checked;
  said.textContent = `Đã chọn ${number}:`;
}

function tick(row, range) {
  const all = boxes();
  const box = row?.querySelector(".ck input");
  if (!box) return;
  const [from, to] = [all.indexOf(last ?? box), all.indexOf(box)].sort((a, b) => a - b);
  const on = range || !box.checked;
  (range ? all.slice(from, to + 1) : [box]).forEach((one) => { one.checked = on; });
  last = box;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function clear() {
  boxes().forEach((box) => { box.checked = false; });
  many?.dispatchEvent(new Event("change", { bubbles: true }));
}

// Moving about.
function moveTo(index) {
  const all = rows();
  const row = all[Math.max(0, Math.min(index, all.length - 1))];
  if (!row) return;
  all.forEach((one) => one.classList.toggle("cur", one === row));
  row.querySelector("td a")?.focus();
  row.scrollIntoView({ block: "nearest" });
}

// The papers of a dossier: 1–9 goes to one, D and C judge it.
const papers = () => [...document.querySelectorAll("#papers .cmp > li")];
let paper;

function choose(number) {
  paper = papers()[number - 1];
  papers().forEach((one) => one.classList.toggle("cur", one === paper));
  paper?.scrollIntoView({ block: "nearest" });
  paper?.querySelector("a, input")?.focus();
}

function judge(value) {
  const box = (paper ?? papers()[0])?.querySelector(`input[type=radio][value=${value}]`);
  if (box) box.click();
}

// Only to places that the navigation offers this officer.
const go = (address) => () => document.querySelector(`.bar nav a[href="${address}"]`)?.click();
const places = { q: go("/can-bo/hang-viec"), k: go("/can-bo/ky"), d: go("/can-bo/don-vi") };
const moves = {
  "/": () => document.querySelector('[data-key="/"]')?.focus(),
  "?": () => location.assign("/can-bo/phim-tat"),
  n: go("/can-bo/tiep-nhan"),
  j: () => moveTo(here() + 1),
  k: () => moveTo(here() - 1),
  x: (event) => tick(rows()[here()], event.shiftKey),
  d: () => judge("ok"),
  c: () => judge("no"),
};
for (let number = 1; number < 10; number += 1) moves[number] = () => choose(number);

function escape() {
  if (boxes().some((box) => box.checked)) clear();
  else document.querySelector("a.back")?.click();
}

let gone = 0; // when G was pressed: the next letter is a place
if (!document.body.classList.contains("keys-off")) {
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const key = event.key.toLowerCase();
    if (event.key === "Escape") {
      escape();
      return;
    }
    if (Date.now() - gone < 1500 && places[key]) {
      event.preventDefault();
      places[key]();
      return;
    }
    // A button of the page that names the key goes first.
    const button = event.shiftKey ? null : document.querySelector(`[aria-keyshortcuts="${CSS.escape(key.toUpperCase())}"]`);
    if (key === "g" && !button) gone = Date.now();
    const move = moves[key];
    if (!button && !move) return;
    event.preventDefault();
    if (button) button.click();
    else move(event);
  });
}

// Answers that are no plain success still carry a page: a lost race (409), wrong input (422). An ended session starts anew.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status === 409 || status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
  if (status === 401) location.reload();
});
