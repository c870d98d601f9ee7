r"""Bytes written as text: hex, escapes, lists of numbers, Base64, and dumps that say who sent them.

How to think about it: people copy bytes out of a debugger, a log, a program. Each form has a sign
of its own: quotes and backslashes, ``0x``, commas, ``<Buffer``. The forms are tried in an order in
which none can be taken for another: ``129, 133`` is decimal, ``81 85`` is hex, and words that may
be swapped are asked about, not guessed.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from ..said import Said
from .hexdump import Block, read_dump
from .packets import CaptureError
from .streams import is_websocket

Written = tuple[list[Block], list[Said]]  # the bytes, and what must be said

# b'...', "..." "...", ("..." \ "..."): quotes with nothing but signs between them.
_QUOTED = re.compile(
    r"""([bB]?)(?:'([^'\\]*+(?:\\.[^'\\]*+)*+)'|"([^"\\]*+(?:\\.[^"\\]*+)*+)")""", re.DOTALL
)
_AROUND = re.compile(r"(?:bytearray|bytes|[$\w \[\]*]{1,80}=|[\s()+,;\\{}])*+")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(\r?\n)|(.))", re.DOTALL)
_ESCAPED = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "e": 27}

_MORE = re.compile(r"\.\.\. ?(\d+) more (?:bytes|items)")
_NODE = re.compile(r"(?:<Buffer|\[Uint8Contents\]: ?<)([^>]*)>")
_BEFORE_LIST = re.compile(r"[\w\s.*=:()\[\]]{0,200}")  # such as: unsigned char frame[] =
_AFTER_LIST = re.compile(r"[\s)\]};]{0,20}")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,2}|-?\d{1,3}|[0-9a-fA-F]{2}")
_ADDRESS = re.compile(r"^[ \t]*0x[0-9a-f]+(?: <[^>\n]*>)?:[ \t]+(?=0x)", re.MULTILINE)  # of gdb
_BARE = re.compile(r"(?:(?:0[xX]|\\x)?[0-9a-fA-F]{2}|[\s:,;-])*+\Z")

# Of frames without extensions. FIN is 0 in those of a message in pieces, but 00 says nothing.
_FIRST_BYTES = (0x01, 0x02, 0x81, 0x82, 0x88, 0x89, 0x8A)

_SOCAT = re.compile(r"([<>]) \d{4}/\d\d/\d\d [\d:.]+ +length=(\d{1,9}) from=\d+ to=\d+")
_PAIRS = re.compile(r" ?((?:[0-9a-fA-F]{2} ?)+)")
_FOLLOW = re.compile(r"^Follow: ?\w+, ?raw|^Filter: ", re.MULTILINE)
_YAML = re.compile(
    r"^ *peer: (\d{1,9})\n(?: +\w+: .*\n){0,8}? +data: !!binary \|\n((?: +[A-Za-z0-9+/=]+\n)++)",
    re.MULTILINE,
)


def read_text(text: str) -> Written | None:
    """The bytes that a text stands for, and what must be said; None if it stands for none.

    Raises CaptureError if it stands for bytes and does not say which.
    """
    text = text.strip("\ufeff \r\n")
    for read in (_socat, _yaml, _quoted, read_dump, _node, _list, _bits, _bare, _base64):
        found = read(text)
        if found is not None:
            return found
    return None


def read_json(content: Any) -> Written | None:
    """Bytes as JSON has them: [129, 133], {"type": "Buffer", ...}, {"0": 129, ...}."""
    if isinstance(content, dict) and content.get("type") == "Buffer":
        content = content.get("data")
    elif isinstance(content, dict) and list(content) == [str(n) for n in range(len(content))]:
        content = list(content.values())
    if not isinstance(content, list) or not content:
        return None
    if not all(type(item) is int and -128 <= item < 256 for item in content):
        return None
    return [(None, bytes(item & 0xFF for item in content))], []


def _socat(text: str) -> Written | None:
    """``socat -x``: a heading for each chunk, with its direction and its length."""
    blocks: list[Block] = []
    wanted, data = 0, bytearray()
    for line in [*text.splitlines(), "> 0000/00/00 0 length=0 from=0 to=0"]:
        heading = _SOCAT.match(line)
        if heading is None:
            pairs = _PAIRS.match(line)
            if blocks and pairs and len(data) < wanted:
                data += bytes.fromhex(pairs[1])
            continue
        if blocks:
            if len(data) < wanted:
                raise CaptureError(Said("hex.does-not-count", line=line[:40]))
            blocks[-1] = blocks[-1][0], bytes(data[:wanted])
        blocks.append(("client" if heading[1] == ">" else "server", b""))
        wanted, data = int(heading[2]), bytearray()
    return (blocks[:-1], []) if len(blocks) > 1 else None


def _yaml(text: str) -> Written | None:
    """Wireshark's "Follow TCP stream" as YAML."""
    blocks: list[Block] = []
    for peer, data in _YAML.findall(text + "\n"):
        try:
            block = base64.b64decode("".join(data.split()), validate=True)
        except binascii.Error:
            return None
        blocks.append(("server" if int(peer) else "client", block))
    return (blocks, []) if blocks else None


def _quoted(text: str) -> Written | None:
    """A literal of Python or C, in one piece or several."""
    data, at, marked = bytearray(), _skip(text, 0), False
    while piece := _QUOTED.match(text, at):
        written = piece[2] if piece[2] is not None else piece[3]
        unescaped = _unescape(written)
        if unescaped is None:
            return None
        data += unescaped
        marked |= bool(piece[1]) or "\\" in written
        at = _skip(text, piece.end())
    if at < len(text) or not data:
        return None
    inner = data.decode("latin-1")
    if _BARE.match(inner):  # hex in quotes
        return read_text(inner)
    return ([(None, bytes(data))], []) if marked else None


def _skip(text: str, at: int) -> int:
    """Where the next quote may be, after signs that only join literals."""
    found = _AROUND.match(text, at)
    return found.end() if found else at


def _unescape(written: str) -> bytes | None:
    r"""The bytes of a literal; ``\x857`` is two of them."""

    def byte(escape: re.Match[str]) -> str:
        hexadecimal, octal, _line_end, other = escape.groups()
        if hexadecimal or octal:
            return chr(int(hexadecimal or octal, 16 if hexadecimal else 8) & 0xFF)
        return chr(_ESCAPED.get(other, ord(other))) if other else ""

    try:
        return _ESCAPE.sub(byte, written).encode("latin-1")
    except UnicodeEncodeError:
        return None


def _more(text: str) -> list[Said]:
    """What a program left out when it printed the bytes."""
    found = _MORE.search(text)
    return [Said("hex.more", count=int(found[1][:9]))] if found else []


def _node(text: str) -> Written | None:
    """A Buffer or an ArrayBuffer, as Node prints it."""
    found = _NODE.search(text)
    inner = _MORE.sub("", found[1]) if found else ""
    if found is None or not inner.strip() or not _BARE.match(inner):
        return None
    return [(None, bytes.fromhex(inner))], _more(found[1])


def _list(text: str) -> Written | None:
    """Numbers with commas, or with 0x: an array of C, Go, Java, JavaScript or Python, or gdb."""
    text = _ADDRESS.sub("", text)
    inner, bracket = _in_brackets(text)
    numbers = [number for number in re.split(r"[\s,;]+", inner) if number]
    if not numbers or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    marked = [number[:2] in ("0x", "0X") for number in numbers]
    if all(marked):
        return [(None, bytes(int(number, 16) for number in numbers))], _more(text)
    if any(marked) or "," not in inner:
        return None
    # Without 0x: decimal, unless a letter says hex, or all have two digits and no brackets.
    digits = [len(number) for number in numbers]
    if any(map(str.isalpha, "".join(numbers))) or (set(digits) == {2} and not bracket):
        return _bare(inner)
    values = [int(number) for number in numbers]
    if not all(-128 <= value < 256 for value in values):
        return None
    return [(None, bytes(value & 0xFF for value in values))], _more(text)


def _in_brackets(text: str) -> tuple[str, bool]:
    """What is in the last brackets, and whether there are any."""
    start = max(text.rfind("["), text.rfind("{"))
    end = max(text.rfind("]"), text.rfind("}"))
    if 0 <= start < end and _BEFORE_LIST.fullmatch(text, 0, start):
        while text[end - 1] in " \t\r\n]})":
            end -= 1
        if _AFTER_LIST.fullmatch(text, end):
            return _MORE.sub("", text[start + 1 : end]), True
    return _MORE.sub("", text), False


def _bits(text: str) -> Written | None:
    """Bytes as groups of eight bits."""
    groups = text.split()
    if not groups or not all(re.fullmatch("[01]{8}", group) for group in groups):
        return None
    return [(None, bytes(int(group, 2) for group in groups))], []


def _bare(text: str) -> Written | None:
    """Nothing but hex digits and signs between them; a tab marks the lines of the second side."""
    lines = [line for line in text.splitlines() if line.strip()]
    if _FOLLOW.search(text):
        lines = [line for line in lines if _BARE.match(line) and not re.fullmatch("[=-]+", line)]
    if not lines or not all(map(_BARE.match, lines)):
        return None
    groups = re.split(r"[\s:,;-]+", "".join(lines))
    if len(groups[0]) == 4 and all(len(group) == 4 for group in text.split()[:-1]):
        _ask_about_words(text.split()[0])
    found: list[Block] = []
    both = len({line[0] == "\t" for line in lines}) == 2
    for line in lines:
        data = bytes.fromhex(re.sub(r"0[xX]|\\x|[\s:,;-]", "", line))
        if both:
            found.append(("server" if line[0] == "\t" else "client", data))
        else:
            found = [(None, found[0][1] + data if found else data)]
    return found, []


def _ask_about_words(word: str) -> None:
    """Raises CaptureError if the first word makes sense only if its two bytes are swapped."""
    first, second = bytes.fromhex(word)
    if first not in _FIRST_BYTES and second in _FIRST_BYTES:
        raise CaptureError(Said("hex.maybe-swapped", word=word))


def _base64(text: str) -> Written | None:
    """Base64, if what it stands for looks like WebSocket: words may look like Base64."""
    if len(text) < 8 or not re.fullmatch(r"[A-Za-z0-9+/\r\n]++={0,2}", text):
        return None
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return None
    return ([(None, data)], [Said("hex.base64")]) if is_websocket(data) else None
