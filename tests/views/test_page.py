"""The page that explains a file: what it says, what it leaves out, and that nothing escapes."""

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from typing import Any

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, Recording, diagnose, dissect, find
from wsedu.views import bytes_and_fields, page
from wsedu.views.checklist import Checklist
from wsedu.views.drawing import STYLE
from wsedu.views.inner import inner_lines
from wsedu.views.ladder import Ladder
from wsedu.views.page import make_page

from ..recording import ANSWER, REQUEST, conversation
from ..recording.test_captures import several

KEY = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), KEY)
BAD = build_frame(Frame(Opcode.TEXT, b"Hello"))  # a client has to mask
HANDSHAKE = (("client", REQUEST), ("server", ANSWER))


class Read(HTMLParser):
    """A page as a browser reads it: its text, its tags, and what its pictures have packed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.packed: list[dict[str, Any]] = []
        self.scripts: list[str] = []
        self._inside: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag in ("script", "style", "svg"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)
        elif self._inside[-1] == "script" and self.tags[-1][1].get("type") == "text/plain":
            self.packed.append(json.loads(zlib.decompress(base64.b64decode(data))))
        elif self._inside[-1] == "script":
            self.scripts.append(data)


def page_of(content: Recording | bytes, **options: Any) -> tuple[Read, bool]:
    data = content.to_json().encode() if isinstance(content, Recording) else content
    html, is_healthy = make_page("a file", find(data), **options)
    return Read(html), is_healthy


def long(count: int) -> Recording:
    return conversation(*HANDSHAKE, *(("client", HELLO) for _ in range(count)))


def test_it_has_the_drawings_of_a_notebook() -> None:
    recording = conversation(*HANDSHAKE, ("client", HELLO))
    html, is_healthy = make_page("a file", find(recording.to_json().encode()))
    seen = dissect(recording)
    pictures = [Ladder(recording, times=True), *(Checklist(seen.units[n]) for n in (0, 1))]
    ladder, *checklists = Read(html).packed
    for picture, state in zip(pictures, [ladder, *checklists], strict=True):
        assert picture.svg.replace(f"<style>{STYLE}</style>", "") in html
        assert (state["text"], state["hint"]) == (picture.text, picture.hint)
    for number, unit in enumerate(seen.units):
        drawn = bytes_and_fields.draw(unit).replace(f"<style>{STYLE}</style>", "")
        assert ladder["details"][f"u{number}"] == drawn
    assert is_healthy and html.count(STYLE) == 1


def test_it_says_what_the_file_is_and_lists_its_connections() -> None:
    read, is_healthy = page_of(several())
    assert "This is a capture (pcap or pcapng). It has 2 WebSocket connections." in read.text
    assert "5 other connections are in it too." in read.text
    assert "192.0.2.2:8811: 517 bytes, 0 back; TLS" in read.text
    links = [tag["href"] for name, tag in read.tags if name == "a"]
    assert links == ["#connection-1", "#connection-2"]
    assert [tag["id"] for name, tag in read.tags if name == "section"] == [
        link[1:] for link in links
    ]
    assert not is_healthy and "(12 problems)" in read.text  # the second is refused


def test_every_problem_is_there_and_opens_its_arrow() -> None:
    read, is_healthy = page_of(conversation(*HANDSHAKE, *[("client", BAD)] * 300))
    assert not is_healthy and "(300 problems)" in read.text
    assert "A client's frame must be masked. Close code 1002. (5.1)" in read.text
    assert "290 more problems" in read.text and "… 100 more …" in read.text
    buttons = [tag["value"] for name, tag in read.tags if name == "button"]
    assert buttons[-200:] == [f"u{number}" for number in range(2, 202)]
    assert set(buttons) <= set(read.packed[0]["details"])


def test_the_diagnosis_comes_with_the_bytes_that_show_it() -> None:
    recording = conversation(*HANDSHAKE, ("client", HELLO), ("client", BAD))
    (first, *_) = diagnose(dissect(recording)).findings
    read, _ = page_of(recording)
    assert f"Diagnosis {first.sentence} arrow 4 {first.evidence[0]}" in read.text
    assert [tag["value"] for name, tag in read.tags if name == "button"][0] == "u3"
    assert "Diagnosis" not in page_of(long(3))[0].text


def test_a_cause_that_breaks_no_rule_is_not_a_healthy_connection() -> None:
    """A message that goes unanswered, or a connection that ends without a Close, breaks no rule."""
    recording = conversation(*HANDSHAKE, ("client", HELLO))
    ended = Recording((*recording.events, Event(3, "server", "end"), Event(4, "client", "end")))
    assert diagnose(dissect(ended))
    read, is_healthy = page_of(ended)
    assert not is_healthy and "(see the diagnosis)" in read.text
    assert "No problem was found" not in read.text


def test_another_protocol_inside_of_the_messages_is_said() -> None:
    ping = build_frame(Frame(Opcode.TEXT, b"2probe"))
    opened = build_frame(Frame(Opcode.TEXT, b'0{"sid":"a","pingInterval":25000}'))
    recording = conversation(*HANDSHAKE, ("server", opened), ("server", ping))
    inner = list(inner_lines(dissect(recording)))
    assert inner
    read, _ = page_of(recording)
    assert "Inside the messages " + inner[0] in read.text
    assert all(" ".join(line.split()) in read.text for line in inner)


def test_a_long_recording_is_shown_in_part_and_the_page_says_which() -> None:
    read, _ = page_of(long(5_000))
    assert "These are arrows 1 to 1,000 of 5,002." in read.text
    assert "Add --connection 1 --from N to the command" in read.text
    ladder = read.packed[0]
    assert len(ladder["details"]) == len(ladder["rows"]) == len(ladder["tops"]) == page.ARROWS
    html, _ = make_page("a file", find(long(5_000).to_json().encode()))
    assert len(html) < 1_000_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that has room for 100 arrows."""
    monkeypatch.setattr(page, "ARROWS", 100)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("first", "says", "count"),
    [(1, "arrows 1 to 100 ", 100), (451, "arrows 451 to 502 ", 52)]
    + [(502, "arrows 502 to 502 ", 1), (999, "arrows 502 to 502 ", 1)]
    + [(-3, "arrows 1 to 100 ", 100)],
)
def test_another_part_can_be_chosen(first: int, says: str, count: int) -> None:
    read, _ = page_of(long(500), first=first)
    assert says in read.text
    assert len(read.packed[0]["details"]) == count


@pytest.mark.usefixtures("small")
def test_a_problem_outside_of_the_part_is_said_without_a_button() -> None:
    frames = [HELLO] * 150 + [BAD]
    recording = conversation(*HANDSHAKE, *(("client", frame) for frame in frames))
    read, is_healthy = page_of(recording)
    assert not is_healthy and "arrow 153 client, text: Hello: A client's" in read.text
    assert not [name for name, _ in read.tags if name == "button"]
    read, _ = page_of(recording, first=151)
    assert {tag["value"] for name, tag in read.tags if name == "button"} == {"u2"}


@pytest.mark.usefixtures("small")
def test_of_many_connections_some_are_shown_and_the_others_are_named() -> None:
    sockets = find(long(30).to_json().encode()) * 25
    html, _ = make_page("a file", sockets)
    read = Read(html)
    assert read.text.count("The opening handshake") == page.CONNECTIONS
    assert "Add --connection N to the command to see number N" in read.text
    numbers = re.findall(r"(\d+): [\d,]+ bytes of one connection", read.text)
    assert numbers == [str(number) for number in [*range(11, 26), *range(1, 11)]]
    assert sum(len(state["details"]) for state in read.packed) == page.ARROWS
    html, _ = make_page("a file", sockets, 25)
    assert [t["id"] for n, t in Read(html).tags if n == "section"] == ["connection-25"]


def test_the_note_of_a_recording_is_said() -> None:
    read, _ = page_of(Recording(long(1).events, "Rebuilt from a dream."))
    assert read.text.count("Rebuilt from a dream.") == 1


def test_secrets_are_warned_of() -> None:
    secret = REQUEST.replace(b"Upgrade: ", b"Cookie: a=b\r\nUpgrade: ", 1)
    read, _ = page_of(conversation(("client", secret), ("server", ANSWER)))
    assert "Look before you share this" in read.text
    assert "Look before you share this" not in page_of(long(1))[0].text


def test_the_checklists_are_those_of_the_handshake_that_opened_it() -> None:
    refused = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    again = REQUEST.replace(b"/chat", b"/again")
    said = ("client", REQUEST), ("server", refused), ("client", again), ("server", ANSWER)
    read, _ = page_of(conversation(*said, ("client", HELLO)))
    _, request, response = read.packed
    assert "GET (4.2.1, item 1)" in request["text"] and "101" in response["text"]
    # After the refusal alone, those of the refusal.
    _, request, response = page_of(conversation(*said[:2]))[0].packed
    assert "401" in response["text"]


def test_a_recording_without_its_handshake_has_a_page() -> None:
    read, _ = page_of(Recording((Event(0, "client", "data", HELLO),), begins="frames"))
    assert "What was sent" in read.text and "The opening handshake" not in read.text
    read, _ = page_of(Recording((Event(0, "server", "data", ANSWER),), begins="response"))
    assert "HTTP/1.1 101 Switching Protocols" in read.text and len(read.packed) == 1


def test_no_byte_of_a_peer_becomes_markup() -> None:
    evil = "</script></pre></svg><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[2J\u202e"
    recording = conversation(
        ("client", REQUEST.replace(b"/chat", b"/" + evil.split("\x1b")[0].encode())),
        ("server", ANSWER.replace(b"\r\n\r\n", b"\r\nX: " + evil.encode() + b"\r\n\r\n")),
        ("client", build_frame(Frame(Opcode.TEXT, evil.encode()), KEY)),
        ("client", build_frame(Frame(Opcode.CLOSE, b"\x03\xe8" + evil[:99].encode()), KEY)),
    )
    found = find(Recording(recording.events, evil).to_json().encode())
    html, _ = make_page(evil, found)
    plain, _ = make_page("a file", find(long(2).to_json().encode()))
    for tags in (Read(html).tags, Read(plain).tags):
        assert {name for name, _ in tags if name in ("img", "iframe", "link", "object")} == set()
        assert [t.get("type") for n, t in tags if n == "script"][-1] == "module"
        assert all(not key.startswith("on") for _, tag in tags for key in tag)
    assert all(char.isprintable() or char == "\n" for char in html)
    assert "alert(1)</script>" not in html


def test_its_script_is_the_only_one_allowed_and_nothing_is_fetched() -> None:
    html, _ = make_page("a file", find(long(1).to_json().encode()))
    read = Read(html)
    (script,) = read.scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(t["content"] for n, t in read.tags if t.get("http-equiv"))
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'"
    )
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
