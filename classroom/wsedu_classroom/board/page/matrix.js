// @ts-check
// The matrix: a row for each learner, a column for each exercise of a lesson, or of all lessons.
//
// How to think about it: it is a real table, but each row is laid out by itself (`contain` in the
// stylesheet). Where a browser lays out one big table, it looks at every cell after each change;
// here it looks at one row, and at no row that is not in view.

import { arrange, Keyed, make, say, set, walk } from "./dom.js";
import { compare, counted, lasting } from "./state.js";

/** @typedef {import("./state.js").Classroom} Classroom
 * @typedef {import("./state.js").Learner} Learner
 * @typedef {import("./state.js").Cell} Cell
 * @typedef {import("./state.js").Exercise} Exercise
 * @typedef {import("./state.js").Lesson} Lesson
 * @typedef {{lesson: string, sort: string, names: string}} View
 * lesson: its number, or "all"; sort: "stuck" or "name"; names: "shown" or "hidden" */

const LONG = 600; // seconds after which being stuck is marked more strongly
const MARKS = /** @type {Record<string, string>} */ ({ passed: "✔", "not yet": "✘", raised: "✘" });

/** What a learner is called on the page.
 * @param {Learner} learner @param {View} view */
export function called({ nick, number }, { names }) {
  // A nickname of which nothing can be seen is not one.
  const seen = /[^\p{C}\p{Z}\p{M}]/u.test(nick);
  return names === "hidden" || !seen ? `learner ${number}` : nick;
}

export class Matrix {
  /** @param {HTMLTableElement} table @param {Classroom} classroom */
  constructor(table, classroom) {
    this.table = table;
    this.classroom = classroom;
    this.body = table.tBodies[0];
    this.head = /** @type {HTMLTableSectionElement} */ (table.tHead);
    this.rows = new Keyed(this.body, (id) => this.#row(id));
    /** @type {string[]} */ this.order = [];
    /** @type {Exercise[]} */ this.columns = [];
    this.shape = "";
    this.enter = walk(table);
    /** @type {WeakMap<HTMLElement, string>} what each cell shows */ this.shown = new WeakMap();
  }

  /** Show all rows, or only those of learners of whom there is news.
   * @param {View} view @param {Set<string> | undefined} news @param {boolean} hold the order */
  show(view, news, hold) {
    const { learners } = this.classroom;
    const shape = `${view.lesson} ${this.classroom.lessons.length}`;
    if (shape !== this.shape) {
      this.shape = shape;
      this.#columns(view);
      news = undefined;
    }
    this.#arrange(view, hold);
    for (const id of news ?? this.order) {
      const learner = learners.get(id);
      if (learner) this.#fill(learner, view);
    }
    this.#count(view);
    set(this.table, "aria-rowcount", String(this.order.length + this.head.rows.length));
    this.enter();
  }

  /** Whether another order would be right: it waits while it is held.
   * @param {View} view */
  waits(view) {
    return this.#sorted(view).join() !== this.order.join();
  }

  /** @param {View} view @param {boolean} hold */
  #arrange(view, hold) {
    const { learners } = this.classroom;
    const kept = this.order.filter((id) => learners.has(id));
    const known = new Set(kept);
    const sorted = hold ? [] : this.#sorted(view);
    const order = hold ? [...kept, ...[...learners.keys()].filter((id) => !known.has(id))] : sorted;
    if (order.join() === this.order.join() && this.body.rows.length === order.length) return;
    this.order = order;
    this.rows.show(order);
  }

  /** @param {View} view */
  #sorted(view) {
    /** @param {Learner} learner @returns {[boolean, number, string, number]} */
    const key = (learner) => {
      const stuck = view.sort === "stuck" ? this.#stuckHere(learner) : undefined;
      const name = view.names === "hidden" ? "" : called(learner, view).toLowerCase();
      return [view.sort === "stuck" && !learner.here, stuck?.cell.since ?? Infinity, name,
        learner.number];
    };
    const keys = [...this.classroom.learners.values()].map((learner) => ({
      id: learner.id,
      key: key(learner),
    }));
    keys.sort(({ key: a }, { key: b }) =>
      Number(a[0]) - Number(b[0]) || (a[1] === b[1] ? 0 : a[1] - b[1]) || compare(a[2], b[2]) ||
      a[3] - b[3],
    );
    return keys.map(({ id }) => id);
  }

  /** What a learner is stuck on, if that is one of the columns. @param {Learner} learner */
  #stuckHere(learner) {
    const stuck = this.classroom.stuck(learner);
    return stuck && this.columns.includes(stuck.exercise) ? stuck : undefined;
  }

  /** Begin anew, with other columns. @param {View} view */
  #columns(view) {
    const all = view.lesson === "all";
    const { lessons } = this.classroom;
    const shown = all ? lessons : lessons.filter(({ number }) => number === view.lesson);
    this.columns = shown.flatMap(({ exercises }) => exercises);
    this.rows.show([]);
    this.order = [];
    this.table.className = all ? "overview" : "lesson";
    this.table.style.setProperty("--columns", String(this.columns.length));
    this.head.replaceChildren();
    if (all) this.head.append(this.#lessons(shown));
    const row = this.#header("tr", "row", "");
    row.append(this.#header("th", "columnheader", "", "Learner"));
    for (const exercise of this.columns) row.append(this.#column(exercise, all));
    this.head.append(row);
    set(this.table, "aria-colcount", String(this.columns.length + 1));
  }

  /** @template {"tr" | "th"} T @param {T} tag
   * @param {string} role @param {string} name @param {(string | Node)[]} inside */
  #header(tag, role, name, ...inside) {
    const node = make(tag, name, ...inside);
    node.setAttribute("role", role); // the stylesheet's display would take it away
    if (tag === "th") node.setAttribute("scope", "col");
    return node;
  }

  /** @param {Lesson[]} lessons */
  #lessons(lessons) {
    const row = this.#header("tr", "row", "lessons");
    row.append(make("td", "", ""));
    row.cells[0].setAttribute("role", "gridcell");
    for (const { number, title, exercises } of lessons.filter((l) => l.exercises.length)) {
      const th = this.#header("th", "columnheader", "", number);
      th.colSpan = exercises.length;
      th.style.setProperty("--span", String(exercises.length));
      th.title = title;
      row.append(th);
    }
    return row;
  }

  /** @param {Exercise} exercise @param {boolean} all */
  #column({ number, title }, all) {
    const th = this.#header("th", "columnheader", number.endsWith(".1") ? "first" : "");
    th.title = `${number} ${title}`;
    if (all) {
      th.setAttribute("aria-label", th.title);
      th.append(number.split(".").pop() ?? "");
    } else {
      th.append(make("b", "", number), make("small"), make("span", "title", title));
    }
    return th;
  }

  /** @param {string} id */
  #row(id) {
    const row = make("tr", "", make("th", "", make("bdi"), make("small")));
    row.setAttribute("role", "row");
    row.dataset.learner = id;
    row.cells[0].setAttribute("scope", "row");
    row.cells[0].setAttribute("role", "rowheader");
    for (const { name, number } of this.columns) {
      const cell = make("td", number.endsWith(".1") ? "first" : "");
      cell.setAttribute("role", "gridcell");
      cell.dataset.exercise = name;
      row.append(cell);
    }
    return row;
  }

  /** @param {Learner} learner @param {View} view */
  #fill(learner, view) {
    const row = /** @type {HTMLTableRowElement} */ (this.rows.node(learner.id));
    const [name, note] = row.cells[0].children;
    const now = this.classroom.now();
    say(name, called(learner, view));
    set(row.cells[0], "title", name.textContent);
    const stuck = this.classroom.stuck(learner);
    const left = view.lesson === "all" ? "left" : `left ${lasting(now - learner.seen)} ago`;
    const elsewhere = stuck && !this.columns.includes(stuck.exercise);
    say(note, !learner.here ? left : elsewhere ? `stuck in ${stuck.exercise.number}` : "");
    row.classList.toggle("left", !learner.here);
    this.columns.forEach(({ name }, place) => {
      const cell = row.cells[place + 1];
      this.#cell(cell, learner.cells.get(name), stuck?.exercise.name === name, view);
    });
  }

  /** @param {HTMLTableCellElement} td @param {Cell | undefined} cell
   * @param {boolean} stuck @param {View} view */
  #cell(td, cell, stuck, view) {
    if (!cell?.tries && !this.shown.get(td)) return;
    const { state = "", tries = 0, since = 0, mistake = "" } = cell ?? {};
    const time = this.classroom.now() - since;
    const long = stuck && time >= LONG;
    const passed = state === "passed";
    const lasts = passed ? "" : lasting(time);
    const key = tries ? `${state} ${tries} ${lasts} ${mistake} ${stuck} ${long}` : "";
    if (this.shown.get(td) === key) return;
    this.shown.set(td, key);
    const kinds = { passed, trying: tries > 0 && !passed, stuck, long };
    for (const [name, is] of Object.entries(kinds)) td.classList.toggle(name, is);
    if (!tries) return td.replaceChildren();
    if (view.lesson === "all") return say(td, MARKS[state] ?? "");
    if (!td.firstChild) td.append(make("b"), make("span"), make("small"));
    const [mark, duration, what] = td.children;
    say(mark, passed ? "✔" : `${MARKS[state]} ${tries}`);
    say(duration, lasts);
    say(what, passed ? "" : state === "raised" ? "raised an error" : mistake || "not recognised");
  }

  /** Say in each header how many have passed, and how many are trying. @param {View} view */
  #count(view) {
    if (view.lesson === "all") return;
    this.columns.forEach(({ name }, place) => {
      let [passed, trying] = [0, 0];
      for (const { cells } of this.classroom.learners.values()) {
        const cell = cells.get(name);
        if (cell?.tries) cell.state === "passed" ? (passed += 1) : (trying += 1);
      }
      const note = this.head.rows[0].cells[place + 1].querySelector("small");
      if (note) say(note, `✔\u00a0${passed}  ✘\u00a0${trying}`);
    });
  }
}

/** A cell in a sentence, for the strip of details, which a screen reader reads as well.
 * @param {Cell | undefined} cell @param {string} lasts */
export function inWords(cell, lasts) {
  if (!cell?.tries) return "not tried yet";
  const { state, tries, mistake, times, hints } = cell;
  const passed = state === "passed";
  const found = [passed ? "passed" : state === "raised" ? "raised an error" : "not yet"];
  const count = counted(tries, "try", "tries");
  found.push(passed ? `after ${count}` : `${count} in ${lasts}`);
  if (mistake && !passed) found.push(times > 1 ? `${mistake}, ${times} times in a row` : mistake);
  if (hints) found.push(counted(hints, "hint"));
  return found.join(", ");
}
