// @ts-check
// What the server has said, and what it means: no page and no socket in here.
//
// How to think about it: the server says a fact about one learner at a time, and the teacher asks a
// question about all of them: who is stuck, on what, since when? `Classroom` keeps the facts, and
// answers the questions anew each time, so that no answer can be older than the facts.

/** @typedef {{state: string, tries: number, since: number, last: number, mistake: string,
 *   times: number, hints: number}} Cell state: "open", "not yet", "raised" or "passed"
 * @typedef {[before: number | null, after: number | null, revisited: boolean, last: number]} Choice
 * last: when it was made or seen again
 * @typedef {{name: string, number: string, title: string, stars: number,
 *   mistakes: Record<string, string>}} Exercise
 * @typedef {{name: string, question: string, options: string[], right: number}} Prediction
 * @typedef {{number: string, title: string, exercises: Exercise[],
 *   predictions: Prediction[]}} Lesson
 * @typedef {{id: string, number: number, nick: string, here: boolean, seen: number,
 *   cells: Map<string, Cell>, choices: Map<string, Choice>}} Learner
 * @typedef {{learner: Learner, exercise: Exercise, cell: Cell}} Attempt
 * @typedef {{exercise: Exercise, mistake: string, sentence: string, count: number}} Shared
 * @typedef {{before: number[], after: number[], voted: number, again: number,
 *   revisited: number}} Tally */

const TRIES = 2; // without a pass, and a learner counts as stuck
const SECONDS = 120; // since the first try: then one try is enough
const RECENT = 600; // seconds in which the learners' activity says where the class is

export class Classroom {
  constructor() {
    /** @type {Lesson[]} */ this.lessons = [];
    /** @type {Map<string, Exercise>} */ this.exercises = new Map();
    /** @type {Map<string, string>} the lesson of each exercise and prediction */
    this.homes = new Map();
    /** @type {Map<string, Learner>} */ this.learners = new Map();
    this.title = this.join = this.network = "";
    /** @type {Set<string>} the learners of whom there is news; the page empties it */
    this.news = new Set();
    this.ahead = 0; // seconds by which the server's clock is ahead of the page's
  }

  /** Take in one message of the server.
   * @param {any} message */
  hear(message) {
    if (message.course) this.#plan(message);
    if (message.state) this.#start(message);
    else if (message.id) this.#change(message);
    // A message that waited on its way makes the server's clock look slow, never fast.
    if (message.now) this.ahead = Math.max(this.ahead, message.now - performance.now() / 1000);
  }

  /** Forget all learners. */
  forget() {
    this.learners = new Map();
    this.news = new Set();
  }

  /** Seconds of the server's clock. */
  now() {
    return this.ahead + performance.now() / 1000;
  }

  /** @param {any} message */
  #plan(message) {
    this.lessons = message.course.lessons;
    this.title = message.title ?? "";
    this.join = message.join ?? "";
    this.network = message.network ?? "";
    for (const lesson of this.lessons) {
      for (const exercise of lesson.exercises) this.exercises.set(exercise.name, exercise);
      for (const { name } of [...lesson.exercises, ...lesson.predictions])
        this.homes.set(name, lesson.number);
    }
  }

  /** @param {any} message */
  #start(message) {
    const known = this.learners;
    this.learners = new Map();
    this.ahead = -Infinity;
    for (const row of message.state) {
      const { id, nick, here, seen } = row;
      const number = known.get(id)?.number ?? this.#free(known);
      const [cells, choices] = [row.cells, row.choices].map((all) => new Map(Object.entries(all)));
      this.learners.set(id, { id, number, nick, here, seen, cells, choices });
      this.news.add(id);
    }
  }

  /** A number that no learner has, for a picture without nicknames.
   * @param {Map<string, Learner>} known */
  #free(known) {
    return 1 + Math.max(0, ...[known, this.learners].flatMap(highest));
  }

  /** @param {any} message */
  #change({ id, nick, here, exercise, cell, prediction, choice, now }) {
    const learner = this.learners.get(id) ?? {
      ...{ id, number: this.#free(this.learners), nick: "", here: true, seen: 0 },
      ...{ cells: new Map(), choices: new Map() },
    };
    this.learners.set(id, learner);
    if (nick !== undefined) learner.nick = nick;
    if (here !== undefined) learner.here = here;
    if (exercise !== undefined) learner.cells.set(exercise, cell);
    if (prediction !== undefined) learner.choices.set(prediction, choice);
    learner.seen = now ?? learner.seen;
    this.news.add(id);
  }

  /** What a learner tried last, if that is not passed: what the learner works on now.
   * @param {Learner} learner
   * @returns {Attempt | undefined} */
  attempt(learner) {
    let last = -Infinity;
    /** @type {Attempt | undefined} */ let found;
    for (const [name, cell] of learner.cells) {
      const exercise = this.exercises.get(name);
      if (!exercise || !cell?.tries || cell.last < last) continue;
      last = cell.last;
      found = cell.state === "passed" ? undefined : { learner, exercise, cell };
    }
    if (!learner.here || !found) return;
    // A learner who has chosen something in another lesson since then has moved on.
    const home = this.homes.get(found.exercise.name);
    for (const [name, choice] of learner.choices)
      if (choice[3] > last && this.homes.get(name) !== home) return;
    return found;
  }

  /** What a learner is stuck on.
   * @param {Learner} learner */
  stuck(learner) {
    const found = this.attempt(learner);
    if (!found) return;
    const { tries, since } = found.cell;
    return tries >= TRIES || this.now() - since >= SECONDS ? found : undefined;
  }

  /** All who are stuck, the longest first. */
  allStuck() {
    const found = [...this.learners.values()].flatMap((learner) => this.stuck(learner) ?? []);
    return found.sort((a, b) => a.cell.since - b.cell.since || a.learner.number - b.learner.number);
  }

  /** The mistakes that two learners or more have made in their last try, the most shared first.
   * @returns {Shared[]} */
  sharedMistakes() {
    /** @type {Map<string, Shared>} */ const found = new Map();
    for (const learner of this.learners.values()) {
      const attempt = this.attempt(learner);
      const mistake = attempt?.cell.mistake;
      if (!attempt || !mistake) continue;
      const { exercise } = attempt;
      const key = `${exercise.name} ${mistake}`;
      const sentence = sentenceOf(exercise, mistake);
      const shared = found.get(key) ?? { exercise, mistake, sentence, count: 0 };
      shared.count += 1;
      found.set(key, shared);
    }
    const shared = [...found.values()].filter(({ count }) => count > 1);
    return shared.sort(
      (a, b) => b.count - a.count || compare(a.exercise.number, b.exercise.number) ||
        compare(a.mistake, b.mistake),
    );
  }

  /** How many chose each option of a prediction, at first and when they chose again.
   * @param {Prediction} prediction
   * @returns {Tally} */
  tally({ name, options }) {
    const [before, after] = [options.map(() => 0), options.map(() => 0)];
    let [voted, again, revisited] = [0, 0, 0];
    for (const { choices } of this.learners.values()) {
      const [first, later, seen] = choices.get(name) ?? [null, null, false];
      if (seen) revisited += 1;
      if (first === null) continue;
      before[first] += 1;
      voted += 1;
      if (later === null) continue;
      after[later] += 1;
      again += 1;
    }
    return { before, after, voted, again, revisited };
  }

  /** The lesson in which most learners did something lately; that of the last activity, if all
   * is quiet; the first lesson before anything has happened. */
  lessonOfClass() {
    const now = this.now();
    /** @type {Map<string, {count: number, last: number}>} */ const seen = new Map();
    for (const learner of this.learners.values()) {
      let [home, last] = ["", -Infinity];
      /** @param {string} name @param {number} time */
      const look = (name, time) => {
        const lesson = this.homes.get(name);
        if (lesson !== undefined && time >= last) [home, last] = [lesson, time];
      };
      for (const [name, cell] of learner.cells) if (cell?.tries) look(name, cell.last);
      for (const [name, choice] of learner.choices) look(name, choice[3]);
      if (!home) continue;
      const lesson = seen.get(home) ?? { count: 0, last: -Infinity };
      if (learner.here && now - last < RECENT) lesson.count += 1;
      lesson.last = Math.max(lesson.last, last);
      seen.set(home, lesson);
    }
    const [most] = [...seen].sort(([, a], [, b]) => b.count - a.count || b.last - a.last);
    return most?.[0] ?? this.lessons[0]?.number ?? "";
  }
}

/** @param {Map<string, Learner>} learners */
function highest(learners) {
  let found = 0;
  for (const { number } of learners.values()) found = Math.max(found, number);
  return found;
}

/** @param {string} a @param {string} b */
export function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What the learner reads about a mistake. "little-endian/short" has the sentence of
 * "little-endian".
 * @param {Exercise} exercise @param {string} mistake */
export function sentenceOf({ mistakes }, mistake) {
  for (const name of [mistake, mistake.split("/")[0]])
    if (Object.hasOwn(mistakes, name)) return mistakes[name];
  return "";
}

/** How long something lasts, in the words of a glance.
 * @param {number} seconds */
export function lasting(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return "<1 min";
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}
