// The files of a pile by their names in the choices of every paper; without this they are “Tệp 1”, “Tệp 2” in order.

const pile = document.querySelector("[data-pile]");
pile?.addEventListener("change", () => {
  document.querySelectorAll("[data-from-pile]").forEach((select) => {
    [...select.options].slice(1).forEach((option, place) => {
      const file = pile.files[place];
      option.textContent = file ? `${place + 1}. ${file.name}` : `Tệp ${place + 1}`;
      option.hidden = !file;
      if (!file && option.selected) select.selectedIndex = 0;
    });
  });
});
