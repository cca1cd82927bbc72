// Signing with the token on this machine: each file is handed to the signing program (VGCA) over its WebSocket. The PIN
// is typed in the program's own window. What is signed the server says, never the program.

const FIND = 5e3, CHOOSE = 6e4, SIGN = 6e5; // milliseconds: to find the program, to choose a certificate, to sign
const GONE = "Không thấy chương trình ký trên máy này. Mở chương trình, cắm thiết bị rồi bấm ký lại.";

customElements.define("ky-so", class extends HTMLElement {
  connectedCallback() {
    this.rows = [...this.querySelectorAll("[data-begin]")];
    this.button = this.querySelector("[data-sign]");
    this.querySelector("[data-with]").hidden = false;
    this.querySelector("[data-without]").hidden = true;
    this.button.addEventListener("click", () => this.run());
  }

  say(words, tone = "info") {
    this.querySelector("[data-said]").textContent = words;
    this.querySelector(".notice").className = `notice ${tone}`;
  }

  left(serial) {
    return this.rows.filter((row) => !row.dataset.done && (!serial || row.dataset.serial === serial));
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    this.button.setAttribute("aria-disabled", "true");
    try {
      await this.all();
    } catch (problem) {
      this.say(problem.message, "warning");
    }
    this.busy = false;
    this.button.removeAttribute("aria-disabled");
    const more = this.left().length;
    this.button.lastElementChild.textContent = `Ký tiếp ${more} văn bản`;
    this.button.hidden = !more;
  }

  async all() {
    this.say("Đang tìm thiết bị ký. Nếu chương trình ký hỏi, chọn chứng thư ghi ở trên.");
    const serial = await this.certificate(), rows = this.left(serial);
    if (!rows.length) throw Error("Thiết bị đang cắm có chứng thư khác. Cắm thiết bị có chứng thư ghi ở trên rồi bấm ký lại.");
    let bare = 0;
    for (const [place, row] of rows.entries()) {
      const name = row.querySelector("h2").textContent;
      this.say(`Đang ký ${place + 1}/${rows.length}: ${name}. Nhập mã PIN ở cửa sổ của chương trình ký.`);
      bare += await this.sign(row) ? 0 : 1;
    }
    const rest = this.left().length;
    let words = `Xong, đã ký ${rows.length} văn bản.`;
    if (bare) words += ` ${bare} chữ ký chưa có dấu thời gian: bật cấp dấu thời gian trong chương trình ký cho các lần sau.`;
    if (rest) words += ` Còn ${rest} văn bản cần thiết bị khác.`;
    this.say(words, bare || rest ? "warning" : "success");
  }

  // The serial number of the certificate in the token; "" where the program does not tell.
  async certificate() {
    const told = await this.ask("GetCertInfo", "get_cert_info", CHOOSE);
    if (told.Status) throw Error(`Không thấy thiết bị ký. ${told.Message || ""}`.trim());
    const info = told.CertInfo || {};
    if (info.ValidTo && new Date(info.ValidTo) < new Date()) throw Error("Chứng thư số trên thiết bị đã hết hạn.");
    return String(info.SerialNumber || "").replace(/[^0-9a-f]/gi, "").toLowerCase().replace(/^0+/, "");
  }

  // Whether the signature is stamped.
  async sign(row) {
    let now = await this.fetch(row.dataset.begin, "POST"), problem;
    if (now.state === "open") {
      try {
        const told = await this.ask(now.endpoint, JSON.stringify(now.order), SIGN);
        problem = Error(`Chưa ký. ${told.Message || "Đã hủy ở chương trình ký."} Bấm ký tiếp khi sẵn sàng.`);
      } catch (lost) {
        problem = lost;
      }
      now = await this.fetch(row.dataset.state);
    }
    if (now.state !== "done") throw problem || Error("Văn bản này không còn chờ ký. Tải lại trang.");
    row.dataset.done = "1";
    const tag = row.querySelector("[data-tag]");
    tag.className = `tag ${now.stamped ? "green" : "amber"}`;
    tag.textContent = now.stamped ? "Đã ký" : "Đã ký, chưa có dấu thời gian";
    row.querySelector("[data-by-hand]").remove();
    return now.stamped;
  }

  async fetch(address, method = "GET") {
    const token = this.querySelector("[name=csrfmiddlewaretoken]").value;
    let answer;
    try {
      answer = await fetch(address, { method, headers: { "X-CSRFToken": token, Accept: "application/json" } });
      const told = await answer.json();
      if (answer.ok) return told;
      throw Error(told.error);
    } catch (problem) {
      if (answer?.status === 409) throw problem;
      throw Error("Mất kết nối với máy chủ hoặc phiên làm việc đã hết. Văn bản chưa ký vẫn còn; tải lại trang rồi ký tiếp.");
    }
  }

  // One question to the program, one answer.
  ask(endpoint, text, patience) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${this.dataset.agent}/${endpoint}`);
      let open, timer;
      const end = (words) => {
        clearTimeout(timer);
        reject(Error(words));
        socket.close();
      };
      timer = setTimeout(end, FIND, GONE);
      socket.onopen = () => {
        open = true;
        clearTimeout(timer);
        timer = setTimeout(end, patience, "Chương trình ký không trả lời. Bấm ký tiếp để thử lại.");
        socket.send(text);
      };
      socket.onmessage = ({ data }) => {
        try {
          resolve(JSON.parse(data));
        } catch {
          reject(Error("Chương trình ký trả lời không đọc được. Cập nhật chương trình rồi ký lại."));
        }
        end("");
      };
      socket.onclose = socket.onerror = () => end(open ? "Mất liên lạc với chương trình ký. Bấm ký tiếp để thử lại." : GONE);
    });
  }
});
