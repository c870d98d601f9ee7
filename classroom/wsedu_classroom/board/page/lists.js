// @ts-check
// The lists beside the matrix: who is stuck now, which mistakes are shared, and the predictions.
//
// How to think about it: each list is said as a whole, in the order in which it should be; `Keyed`
// finds what is new in it. While a reader is busy with the list of those who are stuck, it only
// grows at its end, so that no row leaves its place under the pointer.

import { called } from "./matrix.js";
import { Keyed, make, say, set, walk } from "./dom.js";
import { counted, lasting } from "./state.js";

/** @typedef {import("./state.js").Classroom} Classroom
 * @typedef {import("./state.js").Prediction} Prediction
 * @typedef {import("./matrix.js").View} View */

const SHARED = 3; // mistakes that are listed

/** Who is stuck now: a table with a row for each learner. */
export class Stuck {
  /** @param {HTMLTableElement} table @param {Classroom} classroom */
  constructor(table, classroom) {
    this.classroom = classroom;
    this.rows = new Keyed(table.tBodies[0], (id) => this.#row(id));
    /** @type {string[]} */ this.order = [];
    this.enter = walk(table);
  }

  /** @param {string} id */
  #row(id) {
    const name = make("th", "", make("bdi"));
    name.scope = "row";
    const where = make("td", "", make("b"), make("span", "title"));
    const row = make("tr", "", name, where, make("td"), make("td", "", make("b"), make("span")));
    row.dataset.learner = id;
    return row;
  }

  /** @param {View} view @param {boolean} hold the rows in their places */
  show(view, hold) {
    const all = new Map(this.classroom.allStuck().map((found) => [found.learner.id, found]));
    const fresh = [...all.keys()];
    const kept = new Set(this.order.filter((id) => this.classroom.learners.has(id)));
    this.order = hold ? [...kept, ...fresh.filter((id) => !kept.has(id))] : fresh;
    this.rows.show(this.order);
    const now = this.classroom.now();
    for (const id of this.order) {
      const row = /** @type {HTMLTableRowElement} */ (this.rows.node(id));
      const [name, where, time, what] = row.cells;
      const found = all.get(id);
      row.classList.toggle("over", !found);
      if (!found) {
        say(time, "no longer");
        continue;
      }
      const { learner, exercise, cell } = found;
      row.dataset.exercise = exercise.name;
      say(name.children[0], called(learner, view));
      say(where.children[0], exercise.number);
      say(where.children[1], ` ${exercise.title}`);
      say(time, lasting(now - cell.since));
      const mistake = cell.state === "raised" ? "raised an error" : cell.mistake;
      say(what.children[0], cell.times > 1 ? `×${cell.times} ` : "");
      say(what.children[1], mistake || "not recognised");
      what.children[1].className = mistake ? "" : "soft";
    }
    this.enter();
    return all.size;
  }
}

/** The mistakes that are shared by most: what a teacher explains to all. */
export class SharedMistakes {
  /** @param {HTMLElement} list @param {Classroom} classroom */
  constructor(list, classroom) {
    this.classroom = classroom;
    this.items = new Keyed(list, () =>
      make("li", "", make("strong"), make("span"), make("b"), make("p")),
    );
  }

  /** Returns the first one. */
  show() {
    const shared = this.classroom.sharedMistakes().slice(0, SHARED);
    const key = (/** @type {typeof shared[0]} */ one) => `${one.exercise.name} ${one.mistake}`;
    this.items.show(shared.map(key));
    for (const one of shared) {
      const [count, where, mistake, sentence] = this.items.node(key(one)).children;
      say(count, counted(one.count, "learner"));
      say(where, ` in ${one.exercise.number}: `);
      set(where, "title", one.exercise.title);
      say(mistake, one.mistake);
      say(sentence, one.sentence);
    }
    return shared.at(0);
  }
}

/** How the class has chosen, before and after, for each prediction of a lesson. */
export class Predictions {
  /** @param {HTMLElement} list @param {Classroom} classroom */
  constructor(list, classroom) {
    this.classroom = classroom;
    this.list = list;
    /** @type {Set<string>} what the teacher has asked for */ this.revealed = new Set();
    this.cards = new Keyed(list, (name) => this.#card(name));
  }

  /** @param {string} name */
  #card(name) {
    const prediction = this.#named(name);
    const button = make("button", "");
    button.type = "button";
    button.addEventListener("click", () => {
      if (!this.revealed.delete(name)) this.revealed.add(name);
      this.#fill(prediction, this.classroom.tally(prediction));
    });
    const options = prediction.options.map((option) => {
      const bars = ["before", "after"].map((when) =>
        make("div", `bar ${when}`, make("span", "when", when), make("i"), make("span", "count")),
      );
      return make("li", "", make("span", "option", option), make("b"), ...bars);
    });
    const card = make("article", "", make("h3", "", prediction.question), make("p", "soft"));
    card.dataset.prediction = name;
    card.append(make("ol", "", ...options), button);
    return card;
  }

  /** @param {string} name */
  #named(name) {
    const all = this.classroom.lessons.flatMap(({ predictions }) => predictions);
    return /** @type {Prediction} */ (all.find((one) => one.name === name));
  }

  /** Those of the lesson; of all lessons, those in which a learner has chosen.
   * @param {View} view */
  show({ lesson }) {
    const lessons = this.classroom.lessons.filter(({ number }) => ["all", number].includes(lesson));
    const all = lessons.flatMap(({ predictions }) => predictions);
    const tallies = all.map((one) => ({ one, tally: this.classroom.tally(one) }));
    const shown = tallies.filter(({ tally }) => tally.voted);
    this.cards.show(shown.map(({ one }) => one.name));
    for (const { one, tally } of shown) this.#fill(one, tally);
    return shown.length;
  }

  /** @param {Prediction} prediction @param {import("./state.js").Tally} tally */
  #fill(prediction, { before, after, voted, again, revisited }) {
    const card = this.cards.node(prediction.name);
    const [, note, list, button] = card.children;
    const twice = again ? `, ${again} chose again` : "";
    const seen = revisited ? `, ${revisited} have seen what happens` : "";
    say(note, `${voted} chose${twice}${seen}`);
    const shown = this.revealed.has(prediction.name);
    say(button, shown ? "Hide which is right" : "Show which is right");
    set(button, "aria-pressed", String(shown));
    [...list.children].forEach((option, place) => {
      const right = shown && place === prediction.right;
      option.classList.toggle("right", right);
      say(option.children[1], right ? "✔ right" : "");
      fillBar(option.children[2], before[place], voted);
      fillBar(option.children[3], after[place], again);
    });
  }
}

/** @param {Element} bar @param {number} count @param {number} all */
function fillBar(bar, count, all) {
  const part = all ? count / all : 0;
  const [, line, number] = /** @type {HTMLCollectionOf<HTMLElement>} */ (bar.children);
  /** @type {HTMLElement} */ (bar).hidden = !all;
  line.style.setProperty("--part", part.toFixed(3));
  say(number, `${count} (${Math.round(100 * part)} %)`);
}
