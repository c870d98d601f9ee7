// @ts-check
// The page as a WebSocket client: it opens one connection and lists what a script is told.

const MESSAGES = 20; // listed; of more, the rest is only on the wire
const TOGETHER = 500; // ms within which events reach the kernel together

/** @typedef {{get(name: string): any, set(name: string, value: any): void,
 *   save_changes(): void}} Model */

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  const list = document.createElement("ol");
  list.setAttribute("role", "log");
  /** @param {string} name */
  function say(name) {
    const sentence = document.createElement("p");
    sentence.textContent = model.get(name);
    return sentence;
  }
  /** @param {string} words */
  function show(words) {
    const item = document.createElement("li");
    item.textContent = words;
    item.style.fontFamily = "var(--jp-code-font-family, monospace)";
    list.append(item);
  }
  // JupyterLab sends the kernel one change, and holds the next back until the first is handled. A
  // kernel that runs a cell takes its time. So "open" waits for the "close" that soon follows.
  let sending = 0;
  /** @param {string} words */
  function note(words) {
    show(words);
    model.set("script", [...model.get("script"), words]);
    clearTimeout(sending);
    sending = setTimeout(() => model.save_changes(), TOGETHER);
  }
  el.append(say("title"), list);
  if (model.get("script").length) {
    // Shown again: in a second view, or in a notebook that was saved and is opened again.
    model.get("script").forEach(show);
    el.append(say("earlier"));
    return;
  }
  const until = model.get("until");
  const socket = new WebSocket(model.get("url"));
  function leave() {
    try {
      socket.close(...model.get("close_with"));
    } catch (error) {
      note(`close() throws ${/** @type {Error} */ (error).name}`);
      socket.close();
    }
  }
  socket.addEventListener("open", () => {
    note(`open: readyState ${socket.readyState}, protocol "${socket.protocol}"`);
    const letters = model.get("send");
    if (letters) socket.send("x".repeat(letters));
    if (until === "open") leave();
  });
  let messages = 0;
  socket.addEventListener("message", (event) => {
    messages += 1;
    if (messages > MESSAGES) return;
    const text = typeof event.data === "string" ? JSON.stringify(event.data) : "binary";
    note(`message: ${text.slice(0, 200)}`);
    if (until === "message") leave();
  });
  socket.addEventListener("error", () => note("error"));
  socket.addEventListener("close", (event) => {
    el.append(say("over"));
    note(`close: code ${event.code}, reason "${event.reason}", wasClean ${event.wasClean}`);
  });
  return () => socket.close();
}

export default { render };
