// Draws the field being edited anew in the phone beside it, a moment after the last key.

const button = document.querySelector("[data-preview]");
let waiting;
const draw = () => button.form.requestSubmit(button);

button?.form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 600);
});
if (button?.form.querySelector('[name="_o"]').value) draw();
