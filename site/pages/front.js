// The front page says which lessons you have changed. It can be read without this.

import { ready } from "./ready.js";
import { Files } from "./parts/files.js";
import { isChanged, publishedHash } from "./parts/renew.js";

const course = await ready();
const files = await Files.open(course.storage);
for (const { path, cells } of files ? course.notebooks : []) {
  const copy = await files.get(path);
  if (!copy || !(await isChanged(copy.content, cells))) continue;
  const note = document.createElement("strong");
  const published = publishedHash(copy.content);
  const newer = published && published !== cells;
  note.textContent = newer ? "changed by you; there is a newer version" : "changed by you";
  // After the minutes, which follow the link.
  document.querySelector(`li a[data-path="${path}"] + small`)?.append(note);
}
