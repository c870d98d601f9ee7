"""The table of eight servers: kept rows, and what our own server does with them today."""

import importlib.metadata
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wsedu import Lab, dissect, peers
from wsedu.course.peers import columns, measured, outcome, read
from wsedu.protocol import Frame, Opcode, build_frame, build_request, make_key

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent.parent
ROWS = measured()["rows"]
HANDSHAKES = [name for name, row in ROWS.items() if row["request"]]


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.close()


def script(name: str) -> Any:
    path = ROOT / "scripts" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_script", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_table_has_a_line_for_each_server_and_a_column_for_each_row() -> None:
    head, *lines, date = str(peers("POST", "no mask")).splitlines()
    assert head.split(maxsplit=1) == ["POST", "no mask"]
    assert [re.split(r"  +", line) for line in lines] == [
        ["websockets 17.4", "405", "Close 1002"],
        ["wsproto 1.3.2", "400", "Close 1002"],
        ["aiohttp 3.14.5", "405", "echo"],
        ["autobahn 26.10.2", "405", "TCP ends"],
        ["picows 2.3.1", "400", "Close 1002"],
        ["tornado 6.6.1", "405", "echo"],
        ["node ws 8.23.0", "405", "Close 1002"],
        ["uvicorn 0.54.0", "405", "Close 1002"],
    ]
    assert date == f"Measured on {measured()['date']}."


def test_table_can_show_what_a_close_says_besides_its_code() -> None:
    _head, *lines, _date = str(peers("opcode 3", "half a code", reasons=True)).splitlines()
    said = {line.split()[0]: re.split(r"  +", line)[1:] for line in lines}
    assert said["websockets"] == [
        'Close 1002 "invalid opcode"',
        'Close 1002 "close frame too short"',
    ]
    assert said["aiohttp"] == ["Close 1002", "Close 1002"]  # an empty reason is none
    assert said["autobahn"] == ["TCP ends", "TCP ends"]
    assert said["tornado"] == ["TCP ends", "Close, no code"]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    table = columns([["", "a"], ["long", "b"]], "a note that is longer")
    assert str(table) == "      a\nlong  b\na note that is longer"
    with pytest.raises(ValueError, match="shorter"):
        columns([["a", "b"], ["c"]])


def test_a_notebook_shows_the_same_table_in_a_box_that_scrolls() -> None:
    table = peers("POST", "no mask")
    assert f">{table!r}</pre>" in table._repr_html_()
    assert "white-space: pre; overflow-x: auto" in table._repr_html_()


def test_every_outcome_has_words() -> None:
    said = {outcome(row, server) for row in ROWS for server in measured()["versions"]}
    known = r"\d{3}|Close \d{1,4}|[\d,]+ frames|permessage-deflate.*|(super)?chat|other|Pong"
    words = {word for word in said if not re.fullmatch(known, word)}
    of_a_handshake = {"none", "your code", "no deflate"}
    assert words == {"Close, no code", "echo", "TCP ends", "no Pings"} | of_a_handshake


def test_a_server_that_sends_several_frames_back_has_not_joined_them() -> None:
    said = {server: outcome("Hel + lo", server) for server in measured()["versions"]}
    assert said.pop("picows") == "2 frames"
    assert set(said.values()) == {"echo"}
    assert outcome("10,000 empty", "picows") == "10,001 frames"


def test_an_unknown_row_is_refused_with_the_names() -> None:
    with pytest.raises(ValueError, match="There is no row 'A9'; there are: POST, .*no Pong"):
        peers("A9")


def test_file_has_the_rows_of_the_script() -> None:
    rows = read("peers")["rows"]
    assert {name: row["id"] for name, row in rows.items()} == script("peers").ROWS


NEGOTIATION = script("negotiation")


def test_what_servers_agree_to_was_measured_with_the_same_versions_on_the_same_day() -> None:
    peers, negotiation = read("peers"), read("negotiation")
    assert negotiation["versions"] == NEGOTIATION.VERSIONS
    for server, version in peers["versions"].items():
        assert version.partition(" ")[0] == negotiation["versions"][server]
    assert negotiation["date"] == peers["date"], "the table shows one date"
    assert list(negotiation["rows"]) == list(NEGOTIATION.ROWS)
    assert not set(negotiation["rows"]) & set(peers["rows"])


@pytest.mark.parametrize("row", NEGOTIATION.ROWS)
async def test_our_server_still_agrees_to_what_was_measured(row: str) -> None:
    ready, header, value, sent = NEGOTIATION.ROWS[row]
    lab = Lab(subprotocols=NEGOTIATION.KNOWN if ready else None)
    request = build_request(
        "127.0.0.1",
        "/",
        make_key(b"the sample nonce"),
        subprotocols=tuple(value.split(", ")) if header == NEGOTIATION.PROTOCOL else ("chat",),
        extensions=value if header == NEGOTIATION.EXTENSIONS else None,
    )
    frames = [b"".join(NEGOTIATION.frames(sent))] if sent else []
    seen = dissect(await lab.talk(request.to_bytes(), *frames))
    lab.close()
    response = seen.find("response")[0].head
    answered = ", ".join(line.value.text for line in response.find(header)) or "none"
    if sent:
        close = seen.find("frame")[-1]
        answered = f"Close {int.from_bytes(close.layout.frame.payload[:2], 'big')}"
    if seen.status != 101:
        answered = str(seen.status)
    assert answered == outcome(row, "websockets")


@pytest.mark.parametrize("library", ["websockets", "tornado"])
def test_table_is_of_the_libraries_that_the_lessons_run(library: str) -> None:
    assert measured()["versions"][library] == importlib.metadata.version(library)


@pytest.mark.parametrize("row", HANDSHAKES)
async def test_our_server_still_answers_as_it_was_measured(row: str, lab: Lab) -> None:
    seen = dissect(await lab.talk(ROWS[row]["request"].replace("{port}", "80").encode()))
    assert str(seen.status) == outcome(row, "websockets")


async def test_our_server_still_refuses_a_frame_without_mask_as_it_was_measured(lab: Lab) -> None:
    peer = await lab.raw()
    await peer.send(build_frame(Frame(Opcode.TEXT, b"Hello")))
    (close,) = await peer.live(closes="never")
    code = int.from_bytes(close.payload[:2], "big")
    assert f"Close {code}" == outcome("no mask", "websockets")


def test_in_lesson_02_no_column_holds_one_status_from_top_to_bottom() -> None:
    for row in HANDSHAKES:
        assert len({outcome(row, server) for server in measured()["versions"]}) > 1


@pytest.mark.parametrize("row", [["POST"], 1, "post"])
def test_an_unknown_row_is_named_with_the_rows_that_are(row: Any) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(repr(row))}; there are: POST, "):
        peers(row)
