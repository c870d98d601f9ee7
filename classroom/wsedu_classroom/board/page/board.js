// @ts-check
// The teacher's page: who is stuck on what, in two seconds.
//
// How to think about it: messages change what the page *knows* (state.js), never what it shows. A
// moment later, one look at all that is known brings the page up to date. So a hundred messages in
// a second cost no more than a few looks. What the teacher has chosen is in the address, after the
// "#": a page that is opened again looks the same.

import { Connection } from "./connection.js";
import { byId, cellOf, held, make, say, sayInParts, set } from "./dom.js";
import { Predictions, SharedMistakes, Stuck } from "./lists.js";
import { called, inWords, Matrix } from "./matrix.js";
import { Classroom, counted, lasting, sentenceOf } from "./state.js";

const PAUSE = 60; // ms between two looks
const TICK = 5_000; // ms after which times are brought up to date
const SETTLE = 2_000; // ms between two changes of the order
const SPEAK = 20_000; // ms between two sentences for a screen reader

/** @template {Element} E @param {string} css @returns {E} */
const find = (css) => /** @type {E} */ (document.querySelector(css));

const classroom = new Classroom();
const isHeld = { stuck: held(find("#stuck .scroll")), matrix: held(find("#matrix .scroll")) };
/** @type {HTMLTableElement[]} */ const tables = [find("#stuck table"), find("#matrix table")];
const stuck = new Stuck(tables[0], classroom);
const matrix = new Matrix(tables[1], classroom);
const shared = new SharedMistakes(find("#shared ul"), classroom);
const predictions = new Predictions(find("#predictions .cards"), classroom);
/** @type {HTMLFormElement} */ const controls = find("#controls");
const { lesson: lessons, sort, names } = /** @type {any} */ (controls.elements);

// What the teacher has chosen.

function chosen() {
  const said = new URLSearchParams(location.hash.slice(1));
  return {
    lesson: said.get("lesson") ?? "now",
    sort: said.get("sort") ?? "stuck",
    names: said.get("names") ?? "shown",
  };
}

/** @param {string} now the lesson that the class is in
 * @returns {import("./matrix.js").View} */
function view(now) {
  const found = chosen();
  return { ...found, lesson: found.lesson === "now" ? now : found.lesson };
}

function showControls() {
  const found = chosen();
  lessons.value = found.lesson;
  if (lessons.selectedIndex < 0) lessons.value = "now";
  sort.value = found.sort;
  names.checked = found.names === "hidden";
}

controls.addEventListener("input", () => {
  const said = new URLSearchParams();
  if (lessons.value !== "now") said.set("lesson", lessons.value);
  if (sort.value !== "stuck") said.set("sort", sort.value);
  if (names.checked) said.set("names", "hidden");
  history.replaceState(null, "", `#${said}`);
  lookAtAll();
});
controls.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", () => {
  showControls();
  lookAtAll();
});

// What the server says.

/** @param {any} message */
function hear(message) {
  classroom.hear(message);
  if (message.course) showCourse();
  if (message.course || message.state) lookAtAll();
  else look();
}

function showCourse() {
  const { title, join, network } = classroom;
  say(byId("title"), title);
  document.title = `Board: ${title}`;
  for (const code of document.querySelectorAll("#join, #waiting-for code, #large-join code"))
    sayInParts(/** @type {HTMLElement} */ (code), join);
  const reach = `Who can reach the board: ${network}.`;
  say(byId("network"), reach);
  say(find("#large-join p"), reach);
  const options = classroom.lessons.map(
    ({ number, title }) => new Option(`${number} ${title}`, number),
  );
  lessons.replaceChildren(new Option("", "now"), ...options, new Option("all lessons", "all"));
  showControls();
}

// Bringing the page up to date.

let everything = true; // whether all rows are looked at, not only those with news
let waiting = false;
let looked = -Infinity; // when it was brought up to date last
let settled = -Infinity; // when the order was

function look() {
  if (waiting) return;
  waiting = true;
  setTimeout(() => requestAnimationFrame(bringUpToDate), looked + PAUSE - performance.now());
}

function lookAtAll() {
  everything = true;
  settled = -Infinity;
  look();
}

function bringUpToDate() {
  waiting = false;
  looked = performance.now();
  if (!classroom.lessons.length) return;
  const now = classroom.lessonOfClass();
  const shown = view(now);
  const lesson = classroom.lessons.find(({ number }) => number === now);
  say(lessons.options[0], `now in ${lesson?.number} ${lesson?.title}`);
  const settles = looked - settled >= SETTLE;
  const holds = !settles || isHeld.matrix();
  if (!holds) settled = looked;
  const news = everything ? undefined : classroom.news;
  find("main").className = shown.lesson === "all" ? "overview" : "";
  matrix.show(shown, news, holds);
  everything = false;
  classroom.news = new Set();
  byId("held").hidden = !isHeld.matrix() || !matrix.waits(shown);
  const isStuck = stuck.show(shown, isHeld.stuck());
  const most = shared.show();
  const voted = predictions.show(shown);
  showFigures(isStuck);
  showEmpty({ stuck: isStuck, shared: most ? 1 : 0, predictions: voted });
  speak(isStuck, most);
  showDetail();
}

/** @param {number} isStuck */
function showFigures(isStuck) {
  let here = 0;
  for (const learner of classroom.learners.values()) if (learner.here) here += 1;
  say(byId("stuck-count"), String(isStuck));
  say(byId("here-count"), String(here));
  say(byId("left-count"), String(classroom.learners.size - here));
  byId("waiting-for").hidden = classroom.learners.size > 0;
}

/** Say so where a list is empty. @param {Record<string, number>} counts */
function showEmpty(counts) {
  for (const [id, count] of Object.entries(counts)) {
    const section = byId(id);
    section.classList.toggle("is-empty", !count);
  }
}

// A screen reader hears a short summary, and not too often.

let spoken = -Infinity;

/** @param {number} count @param {import("./state.js").Shared | undefined} most */
function speak(count, most) {
  if (performance.now() - spoken < SPEAK) return;
  spoken = performance.now();
  const are = count === 1 ? "is" : "are";
  const which = most && `; ${most.count} share ${most.mistake} in ${most.exercise.number}`;
  say(byId("live"), `${counted(count, "learner")} ${are} stuck${which ?? ""}.`);
}

// The details of a cell that is pointed at, or has the focus.

/** @type {HTMLElement | undefined} */ let pointed;

for (const table of tables) {
  const point = (/** @type {Event} */ { target }) => {
    pointed?.removeAttribute("aria-describedby");
    pointed = cellOf(target);
    showDetail();
  };
  const leave = () => {
    pointed?.removeAttribute("aria-describedby");
    pointed = undefined;
    showDetail();
  };
  table.addEventListener("pointerover", point);
  table.addEventListener("focusin", point);
  table.addEventListener("pointerleave", leave);
  table.addEventListener("focusout", leave);
}

function showDetail() {
  const row = pointed?.closest("tr");
  const learner = classroom.learners.get(row?.dataset.learner ?? "");
  const name = pointed?.dataset.exercise ?? row?.dataset.exercise ?? "";
  const exercise = classroom.exercises.get(name);
  const detail = byId("detail");
  detail.hidden = !learner || !exercise;
  if (!pointed || !learner || !exercise) return;
  set(pointed, "aria-describedby", "detail");
  const [who, what, sentence] = detail.children;
  const cell = learner.cells.get(name);
  const time = classroom.now() - (cell?.since ?? 0);
  say(who, `${called(learner, view(""))}: ${exercise.number} ${exercise.title}`);
  say(what, inWords(cell, lasting(time)) + since(cell, time));
  say(sentence, cell?.mistake && cell.state !== "passed" ? sentenceOf(exercise, cell.mistake) : "");
}

/** By the clock on the wall. @param {import("./state.js").Cell | undefined} cell
 * @param {number} time */
function since(cell, time) {
  if (!cell?.tries || cell.state === "passed") return "";
  const at = new Date(Date.now() - 1000 * time);
  const last = lasting(classroom.now() - cell.last);
  const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return `; since ${clock}, last try ${last} ago`;
}

// The connection.

const address = new URL("live", location.href);
address.protocol = address.protocol.replace("http", "ws");
address.hash = "";
const connection = new Connection(address.href, hear);
const line = byId("line");
const again = make("button", "", "Try now");
again.type = "button";
again.addEventListener("click", () => connection.retry());
const said = make("span");
const soon = make("span");
soon.setAttribute("aria-hidden", "true"); // it changes each second
line.append(said, " ", soon, " ", again);

function showLine() {
  const { state, heard, next } = connection.line;
  document.body.dataset.line = state;
  const clock = new Date(heard).toLocaleTimeString();
  const old = heard ? `Connection lost. This picture is from ${clock}.` : "There is no connection.";
  const words = { connecting: "Connecting.", live: "", ended: "The class has ended.", lost: old };
  say(said, words[state]);
  const seconds = Math.max(0, Math.ceil((next - Date.now()) / 1000));
  say(soon, state !== "lost" ? "" : next ? `The next try is in ${seconds} s.` : "Trying.");
  again.hidden = state !== "lost";
  /** @type {HTMLButtonElement} */ (byId("end")).disabled = state !== "live";
}

/** The class has ended: the page keeps nothing of it. */
function forget() {
  classroom.forget();
  pointed = undefined;
  for (const part of byId("detail").children) say(part, "");
  ending.close();
  lookAtAll();
}

connection.addEventListener("change", () => {
  if (connection.line.state === "ended") forget();
  showLine();
});
setInterval(showLine, 1000);
setInterval(() => {
  everything = true;
  look();
}, TICK);
document.addEventListener("visibilitychange", () => connection.retry());
showLine();

// The buttons.

/** @type {HTMLDialogElement} */ const large = find("#large-join");
/** @type {HTMLDialogElement} */ const ending = find("#ending");
byId("large").addEventListener("click", () => large.showModal());
byId("full").hidden = !document.fullscreenEnabled;
byId("full").title = "It hides the address of this page, which is your key.";
byId("full").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});

byId("end").addEventListener("click", () => {
  const learners = counted(classroom.learners.size, "learner");
  const leave = `${learners} will leave the board, and cannot come back to this class.`;
  say(byId("leaving"), `${leave} This page forgets what it shows.`);
  ending.showModal();
});
byId("yes").addEventListener("click", () => {
  ending.close();
  connection.end();
});
