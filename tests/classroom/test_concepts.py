"""The concept test: its right answers are measured, and its two forms ask the same."""

import asyncio
import base64
import hashlib
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import Server, ServerConnection
from websockets.frames import Close
from wsedu_classroom.concepts import FORMS, LETTERS, RIGHT, Form, Question, questions

from wsedu import accept_key, build_request, dissect
from wsedu.course.catalogue import lessons
from wsedu.live.browser import kept
from wsedu.protocol import Opcode
from wsedu.protocol.handshake import GUID

QUESTIONS = questions()
KEY = bytes.fromhex("37fa213d")
NONCE = "dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = build_request("127.0.0.1", "/", NONCE).to_bytes()
Handler = Callable[[ServerConnection], Awaitable[None]]

pytestmark = pytest.mark.anyio


# Both sides, each with the library, and by hand.


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Server]:
    async with websockets.serve(handler, "127.0.0.1", 0, compression=None) as server:
        yield server


def port_of(server: Server | asyncio.Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port


@asynccontextmanager
async def client_by_hand(
    server: Server,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A TCP connection on which the handshake is done, and nothing else."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
    writer.write(REQUEST)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


class ServerByHand:
    """A TCP server that does the handshake, sends some bytes, and keeps what it then gets.

    accept: computes Sec-WebSocket-Accept
    ends:   whether it closes TCP after its bytes
    """

    def __init__(
        self, sends: bytes = b"", accept: Callable[[str], str] = accept_key, ends: bool = False
    ) -> None:
        self.sends, self.accept, self.ends = sends, accept, ends
        self.got: asyncio.Queue[bytes] = asyncio.Queue()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        (key,) = re.findall(r"(?i)sec-websocket-key: (\S+)", head)
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Accept: {self.accept(key)}", "", ""]
        writer.write("\r\n".join(lines).encode() + self.sends)
        if not self.ends:
            await self.got.put(await reader.read(2**16))
        writer.close()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[ClientConnection]:
        """The library, connected to this server."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            url = f"ws://127.0.0.1:{port_of(server)}"
            async with websockets.connect(url, proxy=None, compression=None) as client:
                yield client


def frame(first: int, payload: bytes, key: bytes = b"") -> bytes:
    """A short frame, masked if there is a key."""
    masked = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload)) if key else payload
    return bytes([first, len(payload) | 128 * bool(key)]) + key + masked


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The first byte and the payload of a short frame from the server."""
    first, length = await reader.readexactly(2)
    return first, await reader.readexactly(length)


def quoted(form: Form, pattern: str) -> int:
    """A number that the question states."""
    (number,) = re.findall(pattern, form.asks)
    return int(number)


# What is measured for each concept. A function gets the letter of the form, and the form.


async def either_side_may_speak(name: str, form: Form) -> None:
    async def series(connection: ServerConnection) -> None:
        if name == "A":
            await connection.send("news")
        hears = asyncio.create_task(connection.recv())
        while name == "B" and not hears.done():
            await connection.send("another of a long series")
            await asyncio.sleep(0)
        await connection.send(f"heard {await hears}")

    async with serving(series) as server, client_by_hand(server) as (reader, writer):
        first, payload = await read_frame(reader)  # the client has sent nothing yet
        assert first == 0x81
        assert payload == (b"news" if name == "A" else b"another of a long series")
        writer.write(frame(0x81, b"me", KEY))
        while payload != b"heard me":  # the series ends only because the message came
            first, payload = await read_frame(reader)
            assert first == 0x81


async def the_loop_is_shared(name: str, form: Form) -> None:
    said: list[str] = []
    blocking, sent, all_heard = threading.Event(), threading.Event(), asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        if await connection.recv() == "block":
            blocking.set()
            assert sent.wait(10)  # the other message is on its way, and this loop is blocked
            if name == "A":
                time.sleep(0.05)
            else:
                sum(range(10**6))
            said.append("the first handler is done")
        else:
            said.append("the second handler hears")
            all_heard.set()

    def second(client: socket.socket) -> None:
        assert blocking.wait(10)
        client.sendall(frame(0x81, b"hello", KEY))
        sent.set()

    async with serving(handler) as server, client_by_hand(server) as (_reader, first):
        async with client_by_hand(server) as (_reader, other):
            plain = socket.fromfd(
                other.get_extra_info("socket").fileno(), socket.AF_INET, socket.SOCK_STREAM
            )
            thread = threading.Thread(target=second, args=[plain])
            thread.start()
            first.write(frame(0x81, b"block", KEY))
            await all_heard.wait()
            thread.join()
            plain.close()
    assert said == ["the first handler is done", "the second handler hears"]


async def the_protocol_switches(name: str, form: Form) -> None:
    messages = []

    async def handler(connection: ServerConnection) -> None:
        async for message in connection:
            messages.append(message)

    page = b"GET /page HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n"
    async with serving(handler) as server, client_by_hand(server) as (reader, writer):
        writer.write(page if name == "A" else REQUEST)
        first, payload = await read_frame(reader)
        assert (first, payload[:2]) == (0x88, (1002).to_bytes(2, "big"))
        assert await reader.read() == b""
    assert messages == []


async def accept_is_checked(name: str, form: Form) -> None:
    def wrong(key: str) -> str:
        if name == "A":
            digest = hashlib.sha1(base64.b64decode(key) + GUID.encode()).digest()
            return base64.b64encode(digest).decode()
        return hashlib.sha1((key + GUID).encode()).hexdigest()

    server = ServerByHand(accept=wrong)
    with pytest.raises(websockets.InvalidHandshake, match="Sec-WebSocket-Accept"):
        async with server.client():
            pass
    assert await server.got.get() == b""  # nothing more came: no frame, and no second request


async def markers_of_length(name: str, form: Form) -> None:
    size = quoted(form, r"(\d+) bytes of payload")

    async def handler(connection: ServerConnection) -> None:
        await connection.send(bytes(size))

    async with serving(handler) as server, client_by_hand(server) as (reader, _writer):
        end = frame(0x88, (1000).to_bytes(2, "big"))
        data = (await reader.readuntil(end)).removesuffix(end)
    assert form.options[RIGHT] == f"{len(data) - size} bytes"


async def masking_hides_nothing(name: str, form: Form) -> None:
    server = ServerByHand()
    async with server.client() as client:
        await client.send("see you at eight")
        seen = await server.got.get()  # all that is known: this frame
    assert seen[1] == 0x80 | 16 and seen[6:] != b"see you at eight"
    key = seen[2:6]
    text = bytes(byte ^ key[at % 4] for at, byte in enumerate(seen[6:]))
    assert text == b"see you at eight"


async def which_side_masks(name: str, form: Form) -> None:
    messages = []
    if name == "A":

        async def handler(connection: ServerConnection) -> None:
            async for message in connection:
                messages.append(message)

        async with serving(handler) as server, client_by_hand(server) as (reader, writer):
            writer.write(frame(0x81, b"hi"))
            first, payload = await read_frame(reader)
            assert (first, payload[:2]) == (0x88, (1002).to_bytes(2, "big"))
            assert await reader.read() == b""
    else:
        by_hand = ServerByHand(sends=frame(0x81, b"hi", KEY))
        async with by_hand.client() as client:
            with pytest.raises(websockets.ConnectionClosedError) as error:
                messages.append(await client.recv())
        assert error.value.sent is not None and error.value.sent.code == 1002
        assert (await by_hand.got.get())[0] == 0x88
    assert messages == []


async def a_stream_has_no_borders(name: str, form: Form) -> None:
    size, room = quoted(form, r"frames of (\d+) bytes"), quoted(form, r"recv\((\d+)\)")
    count = {"two": 2, "three": 3}[re.findall(r"(two|three) frames", form.asks)[0]]
    stream = frame(0x81, bytes(size - 6), KEY) * count
    assert len(stream) == size * count
    assert form.options[RIGHT] == f"Any number from 1 to {len(stream)}"
    for arrived in range(1, len(stream) + 1):
        with socket.create_server(("127.0.0.1", 0)) as server:
            with socket.create_connection(server.getsockname()) as client:
                reads, _address = server.accept()
                with reads:
                    client.sendall(stream[:arrived])  # the rest is still on its way
                    while len(reads.recv(room, socket.MSG_PEEK)) < arrived:
                        pass
                    assert len(reads.recv(room)) == arrived


async def recorded(name: str, last: bytes) -> int | None:
    """The code that a client (A) or a server (B) records when the other side ends with this."""
    if name == "A":
        async with ServerByHand(sends=last, ends=not last).client() as client:
            await client.wait_closed()
            return client.close_code
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def handler(connection: ServerConnection) -> None:
        await connection.wait_closed()
        await codes.put(connection.close_code)

    async with serving(handler) as server, client_by_hand(server) as (reader, writer):
        writer.write(last)
        if last:
            await reader.read()  # the server's Close, and the end
        writer.close()
        return await codes.get()


async def who_sends_1006(name: str, form: Form) -> None:
    key = b"" if name == "A" else KEY
    assert await recorded(name, b"") == 1006
    # Not after a Close: an empty one, or one with the code of an error.
    (code,) = re.findall(r"\d+", form.options["an-error-code"])
    assert await recorded(name, frame(0x88, int(code).to_bytes(2, "big"), key)) == int(code)
    assert await recorded(name, frame(0x88, b"", key)) == 1005
    with pytest.raises(websockets.ProtocolError):  # and the library does not send it
        Close(1006, "").check()


async def a_close_without_a_code(name: str, form: Form) -> None:
    code = await recorded(name, frame(0x88, b"", b"" if name == "A" else KEY))
    assert form.options[RIGHT] == str(code)


async def who_answers_a_ping(name: str, form: Form) -> None:
    if name == "A":
        released = asyncio.Event()

        async def handler(connection: ServerConnection) -> None:
            await released.wait()

        async with serving(handler) as server, client_by_hand(server) as (reader, writer):
            writer.write(frame(0x89, b"there?", KEY))
            assert await read_frame(reader) == (0x8A, b"there?")
            released.set()  # only now: the handler has done nothing
    else:
        page = kept("ping")  # a real Chromium
        ping, pong = dissect(page).find("frame")[:2]
        assert [(unit.sender, unit.layout.frame.opcode) for unit in (ping, pong)] == [
            ("server", Opcode.PING),
            ("client", Opcode.PONG),
        ]
        assert ping.layout.frame.payload == pong.layout.frame.payload == b"still there?"
        heard = re.findall(r"[:;] (\w+): ", page.note.partition("told")[2])
        assert "message" in heard and "ping" not in heard


async def open_is_a_belief(name: str, form: Form) -> None:
    ends: asyncio.Queue[ServerConnection] = asyncio.Queue()
    pumps: set[asyncio.Task[None]] = set()
    cables: list[asyncio.StreamWriter] = []

    async def handler(connection: ServerConnection) -> None:
        await ends.put(connection)
        await connection.wait_closed()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(2**16):
            writer.write(data)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port_of(server))
        cables.extend((back, writer))
        pumps.add(asyncio.create_task(pump(reader, back)))
        pumps.add(asyncio.create_task(pump(there, writer)))

    async with websockets.serve(handler, "127.0.0.1", 0, ping_interval=None) as server:
        network = await asyncio.start_server(relay, "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{port_of(network)}"
        client = await websockets.connect(url, proxy=None, ping_interval=None)
        connection = await ends.get()
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for side in (client, connection) if name == "A" else (connection, client):
            await side.send("a short text")
            assert side.state is websockets.State.OPEN
        for each in (client, connection, *cables):
            each.transport.abort()
        network.close()
        await client.wait_closed()


PROOFS: dict[str, Callable[[str, Form], Awaitable[None]]] = {
    proof.__name__.replace("_", "-"): proof
    for proof in (
        *(either_side_may_speak, the_loop_is_shared, the_protocol_switches, accept_is_checked),
        *(markers_of_length, masking_hides_nothing, which_side_masks, a_stream_has_no_borders),
        *(who_sends_1006, a_close_without_a_code, who_answers_a_ping, open_is_a_belief),
    )
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.concept)
async def test_the_right_answer_is_measured(question: Question, name: str) -> None:
    async with asyncio.timeout(20):
        await PROOFS[question.concept](name, question.forms[name])


# The forms.


async def test_every_concept_is_asked_once_in_each_form() -> None:
    assert len(QUESTIONS) == len({question.concept for question in QUESTIONS}) == 12
    numbers = {lesson.number for lesson in lessons()}
    for question in QUESTIONS:
        assert question.lesson in numbers
        a, b = (question.forms[name] for name in FORMS)
        assert set(a.options) == set(b.options) == {RIGHT, *question.said}
        assert a.asks != b.asks and len(a.options) == len(LETTERS)
        assert all(len(set(form.options.values())) == len(LETTERS) for form in (a, b))


async def test_each_letter_is_right_equally_often_in_each_form() -> None:
    for name in FORMS:
        letters = Counter(question.forms[name].right for question in QUESTIONS)
        assert letters == dict.fromkeys(LETTERS, len(QUESTIONS) // len(LETTERS))
    assert [q.forms["A"].right for q in QUESTIONS] != [q.forms["B"].right for q in QUESTIONS]


async def test_the_longest_option_is_not_the_right_one_more_often_than_by_chance() -> None:
    for name in FORMS:
        forms = [question.forms[name] for question in QUESTIONS]
        longest = [max(form.options, key=lambda key: len(form.options[key])) for form in forms]
        assert longest.count(RIGHT) <= len(QUESTIONS) // len(LETTERS)
