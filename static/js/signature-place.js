// The place of a signature on the picture of a page. Three number fields hold it, with or without this script;
// here a box shows them and can be clicked to its place, dragged, or moved by the arrow keys.

for (const part of document.querySelectorAll("[data-place]")) offer(part);

function offer(part) {
  const field = (name) => part.querySelector(`[name$="${name}"]`);
  const [page, left, bottom] = ["trang", "trai", "duoi"].map(field);
  const panel = part.querySelector(".place-p");
  const sheet = part.querySelector(".place-s");
  const [image, mark] = [sheet.querySelector("img"), sheet.querySelector("button")];
  const said = part.querySelector("[role=status]");
  const pages = [...part.querySelectorAll("[data-number]")].map((row) => row.dataset);
  const size = { width: Number(panel.dataset.markWidth), height: Number(panel.dataset.markHeight) };
  if (!pages.length) return;
  part.classList.add("js");

  const paper = () => {
    const { width, height } = pages.find(({ number }) => number === page.value) ?? pages.at(-1);
    return { width: Number(width), height: Number(height) };
  };
  const within = (value, most) => Math.round(Math.min(Math.max(value, 0), Math.floor(most)));

  function put(x, y) {
    const { width, height } = paper();
    left.value = within(x, width - size.width);
    bottom.value = within(y, height - size.height);
    draw();
  }

  function draw() {
    const chosen = part.querySelector("[name$=cho_ky]:checked")?.value;
    panel.hidden = chosen !== "trang";
    if (panel.hidden) return;
    const { picture, number } = pages.find((one) => one.number === page.value) ?? pages.at(-1);
    if (!image.src.endsWith(picture)) image.src = picture;
    const { width, height } = paper();
    const share = (part, whole) => `${(100 * part) / whole}%`;
    Object.assign(mark.style, {
      left: share(Number(left.value), width), bottom: share(Number(bottom.value), height),
      width: share(size.width, width), height: share(size.height, height),
    });
    said.textContent = `Trang ${number}, cách mép trái ${left.value} mm, cách mép dưới ${bottom.value} mm.`;
  }

  // The place on the paper that the pointer is at, in millimetres from the lower left corner.
  function spot({ clientX, clientY }) {
    const seen = image.getBoundingClientRect();
    const { width, height } = paper();
    return [((clientX - seen.left) * width) / seen.width, ((seen.bottom - clientY) * height) / seen.height];
  }

  let held;
  mark.addEventListener("pointerdown", (event) => {
    const [x, y] = spot(event);
    held = [x - left.value, y - bottom.value];
    mark.setPointerCapture(event.pointerId);
  });
  mark.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = spot(event);
    put(x - held[0], y - held[1]);
  });
  for (const end of ["pointerup", "pointercancel"]) mark.addEventListener(end, () => { held = undefined; });
  image.addEventListener("click", (event) => {
    const [x, y] = spot(event);
    put(x - size.width / 2, y - size.height / 2);
    mark.focus();
  });
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  mark.addEventListener("keydown", (event) => {
    const way = ways[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 10 : 1;
    put(Number(left.value) + way[0] * step, Number(bottom.value) + way[1] * step);
  });
  part.addEventListener("change", draw);
  part.addEventListener("input", draw);
  draw();
}
