// Zip files, as much of them as is needed: files are packed as they are, not compressed.
//
// How to think about it: a zip is a row of files, each after a short header, then a list of them
// (the central directory), then a record that says where the list is. What you bring may have been
// packed again by another program, so reading knows compressed files too.

const TABLE = Uint32Array.from({ length: 256 }, (_, number) => {
  for (let bit = 0; bit < 8; bit++) number = number & 1 ? (number >>> 1) ^ 0xedb88320 : number >>> 1;
  return number;
});

export function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

const FILE = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const UTF8 = 0x0800; // the flag: names are UTF-8
const MOST = 200_000_000; // bytes after unpacking

/** Little-endian numbers: pairs of how many bytes, and the value. */
function numbers(...pairs) {
  const bytes = new Uint8Array(pairs.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of pairs) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

/** A date and a time as MS-DOS wrote them, in one number. */
function dosTime(date) {
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  const second = date.getSeconds() >> 1;
  return (day * 0x10000 + ((date.getHours() << 11) | (date.getMinutes() << 5) | second)) >>> 0;
}

/** A zip of files: for each its path, its bytes or text, and when it was changed. */
export function pack(files) {
  const parts = [];
  const list = [];
  let at = 0;
  for (const [path, content, date] of files) {
    const name = new TextEncoder().encode(path);
    const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const about = numbers(
      ...[[2, 20], [2, UTF8], [2, 0], [4, dosTime(date)], [4, crc32(data)]],
      ...[[4, data.length], [4, data.length], [2, name.length], [2, 0]],
    );
    list.push(numbers([4, ENTRY], [2, 20]), about, numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, at]));
    list.push(name);
    const header = numbers([4, FILE]);
    parts.push(header, about, name, data);
    at += header.length + about.length + name.length + data.length;
  }
  const size = list.reduce((sum, part) => sum + part.length, 0);
  const count = files.length;
  const end = [[4, END], [4, 0], [2, count], [2, count], [4, size], [4, at], [2, 0]];
  return new Blob([...parts, ...list, numbers(...end)], { type: "application/zip" });
}

/** Unpack bytes that were compressed with deflate; at most as many as the zip says. */
async function inflate(bytes, size) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const data = new Uint8Array(size);
  let at = 0;
  for await (const part of chunks(stream)) {
    if (at + part.length > size) throw Error("a file is longer than the zip says");
    data.set(part, at);
    at += part.length;
  }
  return data.subarray(0, at);
}

async function* chunks(stream) {
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

/** Whether these bytes begin as a zip does. */
export const isZip = bytes => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** The files of a zip: pairs of a path and its bytes. Raises an Error that says what is wrong. */
export async function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) throw Error("This zip cannot be read: its end is missing.");
  const files = [];
  let total = 0;
  try {
    let at = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left; left--) {
      const number = (place, size) =>
        size === 2 ? view.getUint16(at + place, true) : view.getUint32(at + place, true);
      if (number(0, 4) !== ENTRY) throw Error("its list of files is damaged");
      const [method, crc, packed, size] = [number(10, 2), number(16, 4), number(20, 4), number(24, 4)];
      const nameSize = number(28, 2);
      const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameSize));
      const header = number(42, 4);
      at += 46 + nameSize + number(30, 2) + number(32, 2);
      if (path.endsWith("/")) continue;
      total += size;
      if (total > MOST) throw Error("it is larger than 200 MB when it is unpacked");
      const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
      const raw = bytes.subarray(start, start + packed);
      if (method !== 0 && method !== 8) throw Error(`${path} is compressed in an unknown way`);
      const data = method === 8 ? await inflate(raw, size) : raw;
      if (data.length !== size || crc32(data) !== crc) throw Error(`${path} is damaged`);
      files.push([path, data]);
    }
  } catch (error) {
    const reason = error instanceof RangeError || error instanceof TypeError ? "it is cut off or damaged" : error.message;
    throw Error(`This zip cannot be read: ${reason}.`);
  }
  return files;
}
