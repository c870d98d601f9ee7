// @ts-check
// The page as a WebSocket client: it opens one connection and lists what a script is told.

/** @typedef {{get(name: string): any, set(name: string, value: any): void,
 *   save_changes(): void}} Model */

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  const title = document.createElement("p");
  title.textContent = model.get("title");
  const list = document.createElement("ol");
  list.setAttribute("role", "log");
  el.append(title, list);
  /** @param {string} words */
  function note(words) {
    const item = document.createElement("li");
    item.textContent = words;
    item.style.fontFamily = "var(--jp-code-font-family, monospace)";
    list.append(item);
    model.set("script", [...model.get("script"), words]);
    model.save_changes();
  }
  if (model.get("script").length) {
    // Shown a second time, as in a second view of the notebook: the connection is over.
    for (const words of model.get("script")) {
      const item = document.createElement("li");
      item.textContent = words;
      list.append(item);
    }
    return;
  }
  const socket = new WebSocket(model.get("url"));
  socket.addEventListener("open", () => {
    note(`open: readyState ${socket.readyState}, protocol "${socket.protocol}"`);
    socket.close(1000, "seen enough");
  });
  socket.addEventListener("error", () => note("error"));
  socket.addEventListener("close", (event) =>
    note(`close: code ${event.code}, reason "${event.reason}", wasClean ${event.wasClean}`),
  );
  return () => socket.close();
}

export default { render };
