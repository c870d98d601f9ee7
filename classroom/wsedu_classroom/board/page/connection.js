// @ts-check
// The page's WebSocket: it opens again by itself, and knows how old the picture is.
//
// How to think about it: lessons 08 and 12, in a page. A script hears of no Ping, so the server says
// its time every few seconds. Silence means that the connection is gone, even if no close event
// came. The page tries again after a delay that doubles, with some chance in it, so that the pages
// and the learners of a class do not all come back at the same moment.

const SILENCE = 20_000; // ms without a message; the server says its time every 5 s
const FIRST = 500; // ms until the first try
const LONGEST = 8_000; // ms between two tries
const ENDED = 4000; // the close code of a class that has ended

/** @typedef {{state: "connecting" | "live" | "lost" | "ended", heard: number, next: number}} Line
 * heard: when the last message came; next: when it tries again; Date.now() in ms, 0 for never */

export class Connection extends EventTarget {
  /** @param {string} url @param {(message: any) => void} hear */
  constructor(url, hear) {
    super();
    this.url = url;
    this.hear = hear;
    /** @type {Line} */ this.line = { state: "connecting", heard: 0, next: 0 };
    this.tries = 0;
    /** @type {number | undefined} */ this.timer = undefined;
    /** @type {number | undefined} */ this.silence = undefined;
    addEventListener("online", () => this.retry());
    this.#open();
  }

  /** Try at once, if there is no connection. */
  retry() {
    if (this.line.state === "lost") this.#open();
  }

  /** End the class, for all. */
  end() {
    this.socket?.send(JSON.stringify({ end: true }));
  }

  #open() {
    clearTimeout(this.timer);
    this.line.next = 0;
    const socket = (this.socket = new WebSocket(this.url));
    /** Only the newest socket has a say. @param {(event: any) => void} what */
    const mine = (what) => (/** @type {any} */ event) => socket === this.socket && what(event);
    this.#wait(socket);
    socket.onmessage = mine(({ data }) => {
      this.line.heard = Date.now();
      this.tries = 0;
      this.#wait(socket);
      this.hear(JSON.parse(data));
      this.#become("live");
    });
    socket.onclose = mine(({ code }) => this.#lost(code));
  }

  /** @param {WebSocket} socket */
  #wait(socket) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      if (socket !== this.socket) return;
      this.socket = undefined; // its close event may come much later, and is no news then
      socket.close();
      this.#lost(1006);
    }, SILENCE);
  }

  /** @param {number} code */
  #lost(code) {
    clearTimeout(this.silence);
    this.socket = undefined;
    if (code === ENDED) return this.#become("ended");
    const delay = Math.min(LONGEST, FIRST * 2 ** this.tries) * (0.5 + Math.random() / 2);
    this.tries += 1;
    this.line.next = Date.now() + delay;
    this.timer = setTimeout(() => this.#open(), delay);
    this.#become("lost");
  }

  /** @param {Line["state"]} state */
  #become(state) {
    this.line.state = state;
    this.dispatchEvent(new Event("change"));
  }
}
