// @ts-check
// The page as a WebSocket client: it opens one connection and lists what a script does and hears.

const MESSAGES = 20; // listed; of more, the rest is only on the wire
const STEPS = 200; // listed; the last one is kept for the close event
const TOGETHER = 500; // ms within which steps reach the kernel together
const LAST = 100; // ms after the close event in which a script may still do something

/** @typedef {{get(name: string): any, set(name: string, value: any): void,
 *   save_changes(): void}} Model
 * @typedef {[time: number, name: string, words: string]} Step */

// What a sandboxed frame runs: a WebSocket, of which the page hears, and on which it may call.
const INSIDE = `<script>
const [url, protocols] = JSON.parse(name), socket = new WebSocket(url, protocols);
for (const type of ["open", "message", "error", "close"])
  socket.addEventListener(type, ({ data, code, reason, wasClean }) => parent.postMessage(
    [type, { data, code, reason, wasClean }, socket.readyState, socket.protocol], "*"));
addEventListener("message", ({ data: [method, given] }) => socket[method](...given));
</script>`;

/** A WebSocket in a sandboxed frame, as far as the page has to do with it. */
class Sandboxed extends EventTarget {
  /** @param {string} url @param {string[]} protocols */
  constructor(url, protocols) {
    super();
    this.readyState = 0;
    this.protocol = "";
    const frame = (this.frame = document.createElement("iframe"));
    frame.setAttribute("sandbox", "allow-scripts");
    frame.hidden = true;
    frame.name = JSON.stringify([url, protocols]);
    frame.srcdoc = INSIDE;
    /** @param {MessageEvent} event */
    const hear = ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      const [type, said, ...now] = data;
      [this.readyState, this.protocol] = now;
      this.dispatchEvent(Object.assign(new Event(type), said));
      if (type === "close") frame.remove();
      if (type === "close") removeEventListener("message", hear);
    };
    addEventListener("message", hear);
    document.body.append(frame);
  }
  /** @param {any[]} given */
  send(...given) {
    this.frame.contentWindow?.postMessage(["send", given], "*");
  }
  /** @param {any[]} given */
  close(...given) {
    this.frame.contentWindow?.postMessage(["close", given], "*");
  }
}

/** A value of the script, in words.
 * @param {unknown} value */
function named(value) {
  if (value instanceof Blob) return `Blob, ${value.size} bytes`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer, ${value.byteLength} bytes`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}, ${value.byteLength} bytes`;
  if (typeof value === "string" && value.length > 1000) return `${value.length} characters`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** What a script threw, in words; that may be anything.
 * @param {unknown} error */
function mistake(error) {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return typeof error;
  }
}

/** Where a WebSocket connects. On a hub that is a path on the page's own server.
 * @param {string} given */
function address(given) {
  const url = new URL(given, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  const list = document.createElement("ol");
  list.setAttribute("role", "log");
  const code = model.get("code");
  /** @type {WebSocket | undefined} */ let socket;
  /** @type {WebSocket | undefined} */ let reporter;
  let start = 0;
  /** @type {unknown} */ let listed; // what a method of the WebSocket threw
  const over = new AbortController(); // ends what listens to the window
  /** @param {string} name */
  function say(name) {
    const sentence = document.createElement("p");
    sentence.textContent = model.get(name);
    return sentence;
  }
  /** @param {Step} step */
  function show([, name, words]) {
    // Without a script of the learner's own, its calls are ours, and no news.
    if (!code && ["send", "close()"].includes(name) && !words.includes(" throws ")) return;
    const item = document.createElement("li");
    item.textContent = words;
    item.style.fontFamily = "var(--jp-code-font-family, monospace)";
    list.append(item);
  }
  // JupyterLab sends the kernel one change, and holds the next back until the first is handled. A
  // kernel that runs a cell takes its time. So "open" waits for the "close" that soon follows. The
  // cell that waits hears of each step at once, by a WebSocket of its own.
  let sending = 0;
  /** @param {string} name @param {string} words */
  function note(name, words) {
    /** @type {Step} */
    const step = [(performance.now() - start) / 1000, name, words.slice(0, 200)];
    const steps = model.get("steps");
    if (steps.length >= (name === "close" ? STEPS : STEPS - 1)) return;
    show(step);
    model.set("steps", [...steps, step]);
    if (reporter?.readyState === 1) reporter.send(JSON.stringify(step));
    clearTimeout(sending);
    sending = setTimeout(() => model.save_changes(), TOGETHER);
  }
  /** Write down each call of a method, and whether it throws.
   * @param {WebSocket} socket @param {"send" | "close"} method @param {string} name */
  function watch(socket, method, name) {
    const call = /** @type {(...given: any[]) => void} */ (socket[method]).bind(socket);
    socket[method] = (/** @type {any[]} */ ...given) => {
      const words = `${method}(${given.map(named).join(", ")})`;
      try {
        call(...given);
      } catch (error) {
        listed = error;
        note(name, `${words} throws ${/** @type {Error} */ (error).name}`);
        throw error;
      }
      note(name, words);
    };
  }
  /** Without a script: close after the first event of that name.
   * @param {WebSocket} socket */
  function leave(socket) {
    const close = () => {
      try {
        socket.close(...model.get("close_with"));
      } catch {
        socket.close(); // what it threw is listed
      }
    };
    const until = model.get("until");
    if (until !== "close") socket.addEventListener(until, close, { once: true });
  }
  /** Name a mistake in the script, and close: nothing else might.
   * @param {unknown} error */
  function mistaken(error) {
    // What a method of the WebSocket threw is listed already.
    if (error === listed || !socket) return;
    const close = WebSocket.prototype.close.bind(socket);
    note("tell", `a mistake in the script: ${mistake(error)}`);
    if (socket.readyState === 0) socket.addEventListener("open", () => close());
    else close();
  }
  /** Hear of what the script throws later, in a handler of an event or after an await.
   * @param {string} file what the browser calls the script */
  function hear(file) {
    /** @param {unknown} error @param {string} [where] */
    const told = (error, where = "") => {
      const stack = error instanceof Error ? String(error.stack) : "";
      if (`${where} ${stack}`.includes(file)) mistaken(error);
    };
    const { signal } = over;
    addEventListener("error", ({ error, filename }) => told(error, filename), { signal });
    addEventListener("unhandledrejection", ({ reason }) => told(reason), { signal });
  }
  function connect() {
    if (socket) return;
    start = performance.now();
    try {
      const url = address(model.get("url"));
      if (model.get("same_host")) url.hostname = location.hostname;
      const Opened = model.get("sandboxed") ? Sandboxed : WebSocket;
      socket = /** @type {WebSocket} */ (new Opened(url.href, model.get("protocols") ?? []));
    } catch (error) {
      return note("tell", `new WebSocket() throws ${/** @type {Error} */ (error).name}`);
    }
    const opened = socket;
    let messages = 0;
    opened.addEventListener("open", () =>
      note("open", `open: readyState ${opened.readyState}, protocol "${opened.protocol}"`),
    );
    opened.addEventListener("message", (event) => {
      messages += 1;
      if (messages <= MESSAGES) note("message", `message: ${named(event.data)}`);
    });
    opened.addEventListener("error", () => note("error", "error"));
    opened.addEventListener("close", ({ code, reason, wasClean }) => {
      el.append(say("over"));
      note("close", `close: code ${code}, reason "${reason}", wasClean ${wasClean}`);
      setTimeout(() => {
        reporter?.close();
        over.abort();
      }, LAST);
    });
    watch(opened, "send", "send");
    watch(opened, "close", "close()");
    if (!code) return leave(opened);
    try {
      const tell = (/** @type {unknown[]} */ ...said) => note("tell", said.map(String).join(" "));
      const file = `script-${start}.js`;
      hear(file);
      new Function("socket", "tell", `${code}\n//# sourceURL=${file}`)(opened, tell);
    } catch (error) {
      mistaken(error);
    }
  }
  el.append(say("title"), list);
  if (model.get("steps").length) {
    // Shown again: in a second view, or in a notebook that was saved and is opened again.
    model.get("steps").forEach(show);
    el.append(say("earlier"));
    return;
  }
  if (model.get("report")) {
    reporter = new WebSocket(address(model.get("report")).href);
    reporter.onopen = reporter.onerror = connect;
  } else connect();
  return () => {
    over.abort();
    [socket, reporter].forEach((open) => open?.close());
  };
}

export default { render };
