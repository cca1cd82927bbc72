// Suggestions under a search box: <input data-suggest="address">, a combobox with a list as WAI-ARIA describes it.
// Without JavaScript the form just searches.

const PAUSE = 160; // milliseconds between the last letter and the question

for (const input of document.querySelectorAll("input[data-suggest]")) {
  const box = document.createElement("div");
  const status = document.createElement("span");
  box.className = "sug";
  box.hidden = true;
  status.className = "vh";
  status.setAttribute("role", "status");
  input.form.append(box, status);
  let waiting, asked, at = -1;

  const options = () => [...box.querySelectorAll("li")];
  const open = () => !box.hidden;
  const mark = (to) => {
    at = to;
    options().forEach((option, number) => option.setAttribute("aria-selected", number === at));
    if (options()[at]) {
      input.setAttribute("aria-activedescendant", options()[at].id);
      options()[at].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const show = (html) => {
    box.innerHTML = html;
    const list = box.querySelector("ul");
    box.hidden = !list;
    input.setAttribute("aria-expanded", open());
    mark(-1);
    status.textContent = list ? list.dataset.said : "";
    if (!list) return;
    list.id = `${input.id}-list`;
    list.setAttribute("role", "listbox");
    options().forEach((option, number) => {
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
    });
  };
  const close = () => {
    clearTimeout(waiting);
    asked?.abort();
    show("");
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(input.value)}`, { signal: asked.signal });
      if (answer.ok && document.activeElement === input) show(await answer.text());
    } catch {
      // The form still searches.
    }
  };

  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${input.id}-list` })) {
    input.setAttribute(name, value);
  }
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = options().length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open()) ask();
      else if (event.key === "ArrowDown") mark(at < last ? at + 1 : -1);
      else mark(at >= 0 ? at - 1 : last);
    } else if (event.key === "Escape" && open()) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && open() && at >= 0) {
      event.preventDefault();
      location.assign(options()[at].dataset.url);
    }
  });
  input.addEventListener("blur", close);
  box.addEventListener("mousedown", (event) => {
    const option = event.target.closest("li");
    event.preventDefault(); // the box keeps the focus
    if (option && event.button === 0) location.assign(option.dataset.url);
  });
}
