// Signing on the screen: what is drawn becomes the file of the field, as if it had been chosen there.
// The field itself stays, for keyboards, scanners and browsers without this script.

for (const input of document.querySelectorAll("input[type=file][data-pad]")) offer(input);

function offer(input) {
  const pad = document.createElement("div");
  pad.className = "pad";
  const sheet = Object.assign(document.createElement("canvas"), { width: 1200, height: 400 });
  sheet.setAttribute("role", "img");
  sheet.setAttribute("aria-label", "Ô ký của người nhận");
  const again = Object.assign(document.createElement("button"), { type: "button", className: "btn sec", textContent: "Xóa, ký lại" });
  const said = Object.assign(document.createElement("p"), { className: "small muted flush" });
  said.setAttribute("role", "status");
  const line = document.createElement("div");
  line.className = "btns";
  line.append(again, said);
  pad.append(sheet, line);
  input.before(pad);

  const pen = sheet.getContext("2d");
  const words = "Người nhận ký trong khung bằng bút, ngón tay hoặc chuột, hoặc chọn tệp ở dưới.";
  let last;

  function clean() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    Object.assign(pen, { strokeStyle: "#0b1f5c", fillStyle: "#0b1f5c", lineWidth: 5, lineCap: "round", lineJoin: "round" });
    said.textContent = words;
  }

  function spot({ clientX, clientY }) {
    const box = sheet.getBoundingClientRect();
    return [(clientX - box.left) * sheet.width / box.width, (clientY - box.top) * sheet.height / box.height];
  }

  function stroke(event) {
    if (!last) return;
    pen.beginPath();
    pen.moveTo(...last);
    last = spot(event);
    pen.lineTo(...last);
    pen.stroke();
  }

  function keep() {
    if (!last) return;
    last = undefined;
    const bytes = Uint8Array.from(atob(sheet.toDataURL("image/png").split(",")[1]), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "chu-ky.png", { type: "image/png" }));
    input.files = files.files;
    said.textContent = "Đã có chữ ký.";
  }

  sheet.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    last = spot(event);
    stroke(event);
  });
  sheet.addEventListener("pointermove", stroke);
  sheet.addEventListener("pointerup", keep);
  sheet.addEventListener("pointercancel", keep);
  again.addEventListener("click", () => {
    input.value = "";
    clean();
  });
  input.addEventListener("change", () => {
    clean();
    said.textContent = input.files.length ? "Dùng tệp đã chọn." : words;
  });
  clean();
}
