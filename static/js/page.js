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
