// What every page may do better with JavaScript; nothing depends on it.

// Tell when the network is gone and when it is back.
const bar = document.querySelector("[data-offline]");
if (bar) {
  const show = () => { bar.hidden = navigator.onLine; };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

// A menu closes with Escape and gives the focus back.
for (const menu of document.querySelectorAll("details.menu, details.drawer")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// A form is sent once: the second press of an impatient finger does nothing.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget) return; // shown elsewhere; this page goes on
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
}

// Drafts save themselves: <form data-autosave="address"> posts its fields when one is left, and says so.
const draft = document.querySelector("form[data-autosave]");
if (draft) {
  const said = document.querySelector("[data-saved]");
  let waiting;
  const save = async () => {
    try {
      const answer = await fetch(draft.dataset.autosave, { method: "POST", body: new FormData(draft), headers: { Accept: "text/plain" } });
      if (answer.ok && said) said.textContent = await answer.text();
    } catch {
      // The next “Tiếp tục” saves; until then the offline bar tells.
    }
  };
  draft.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 600);
  });
}

// An address lists the next level as soon as one is chosen; without JavaScript the page's button does.
for (const address of document.querySelectorAll("[data-units]")) {
  address.querySelector("[name='_cap-nhat']").closest("p").hidden = true;
  address.addEventListener("change", async ({ target }) => {
    const places = [...address.querySelectorAll("[data-place]")];
    const below = places[places.findIndex((place) => place.dataset.place === target.dataset.level) + 1];
    if (!target.dataset.level || !below) return;
    const answer = await fetch(`/dia-ban/${address.dataset.units}?duoi=${encodeURIComponent(target.value || "-")}`);
    if (!answer.ok) return; // the page asks for the list when it is sent
    fill(below, await answer.json());
    for (const further of places.slice(places.indexOf(below) + 1)) fill(further, []);
  });
}

function fill(place, units) {
  const select = place.querySelector("select");
  select.replaceChildren(select.options[0], ...units.map(([code, name]) => new Option(name, code)));
  select.value = "";
  select.hidden = units.length === 0;
  place.querySelector(".hint").hidden = units.length > 0;
}
