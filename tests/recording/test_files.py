"""Recordings as files: what is saved can be loaded, and what is not a recording is named."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.recording import Event, Recording
from wsedu.recording.files import write_whole

from . import ANSWER, REQUEST, conversation

sides = st.sampled_from(["client", "server"])
# A time is kept to the microsecond.
times = st.integers(0, 10**12).map(lambda micros: round(micros / 10**6, 6))
text = st.text("GET /\r\nabc:", max_size=40).map(str.encode)
events = st.one_of(
    st.builds(Event, times, sides, st.just("data"), st.binary(max_size=40) | text),
    st.builds(Event, times, sides, st.sampled_from(["end", "lost"])),
)
recordings = st.builds(
    Recording, st.lists(events, max_size=8).map(tuple), st.text(max_size=20), st.integers(0, 10**9)
)


class TestJson:
    @given(recordings)
    def test_round_trip(self, recording: Recording) -> None:
        assert Recording.from_json(recording.to_json()) == recording

    def test_save_and_load(self, tmp_path: Path) -> None:
        recording = conversation(("client", REQUEST), ("server", ANSWER), ("client", b"\x81\x00"))
        recording.save(tmp_path / "saved.json")
        assert Recording.load(tmp_path / "saved.json") == recording

    @pytest.mark.parametrize("note", ["half: \ud83d", "\udc80\udcff", "whole: \U0001f600 \udfff"])
    def test_half_of_a_surrogate_pair_is_kept(self, tmp_path: Path, note: str) -> None:
        """An error of a server may hold one, and its words are a note."""
        recording = Recording((Event(0, "server", "fault", note=note),), note)
        recording.save(tmp_path / "saved.json")
        assert Recording.load(tmp_path / "saved.json") == recording

    def test_lines_of_text_are_readable(self) -> None:
        assert (
            '"text": "GET / HTTP/1.1\\r\\n\\r\\n"'
            in conversation(("client", b"GET / HTTP/1.1\r\n\r\n")).to_json()
        )

    def test_other_bytes_are_hex(self) -> None:
        assert '"hex": "81 05 0a"' in conversation(("client", b"\x81\x05\n")).to_json()

    @pytest.mark.parametrize(
        ("change", "culprit"),
        [
            ({"format": "something else"}, "something else"),
            ({"version": 2}, "unknown version 2"),
            ({"begins": "later"}, "'later', not one of connection, response, frames"),
            ({"events": [{"from": "client", "time": 0}]}, '"hex" is missing'),
            ({"events": [{"from": "nobody", "time": 0, "hex": ""}]}, "'nobody', not client or"),
            ({"events": [{"from": "client", "time": "soon", "hex": ""}]}, "soon"),
            ({"events": [{"from": "client", "time": 0, "hex": "zz"}]}, "hexadecimal"),
            ({"events": [{"from": "client", "time": 0, "text": "é"}]}, "ascii"),
            ({"events": [{"from": "client", "time": 0, "text": 7}]}, "int"),
            ({"events": [{"from": "client", "time": 0, "tcp": "half"}]}, "'half', not end or"),
            ({"events": 7}, "int"),
            ({"dropped": "many"}, "many"),
            ({"dropped": float("inf")}, "infinity"),
        ],
    )
    def test_error_names_the_culprit(self, change: dict[str, Any], culprit: str) -> None:
        content = json.loads(Recording(note="n").to_json()) | change
        with pytest.raises(ValueError, match="not a recording that this version can read") as error:
            Recording.from_json(json.dumps(content))
        assert culprit in str(error.value)

    @pytest.mark.parametrize("missing", ["format", "version", "note", "events"])
    def test_error_names_what_is_missing(self, missing: str) -> None:
        content = json.loads(Recording(note="n").to_json())
        del content[missing]
        with pytest.raises(ValueError, match=f'"{missing}" is missing'):
            Recording.from_json(json.dumps(content))

    @pytest.mark.parametrize("text", ["", "{", "[]", "7", "null", '"x"', "[" * 100_000])
    def test_what_is_not_a_recording_at_all_is_said(self, text: str) -> None:
        with pytest.raises(ValueError, match="not a recording that this version can read"):
            Recording.from_json(text)

    def test_error_names_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "picture.json").write_bytes(b"\x89PNG")
        with pytest.raises(ValueError, match="picture.json"):
            Recording.load(tmp_path / "picture.json")


# A file is written as a whole.


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "file", b"before")

    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    for name in ("file", "new"):
        with pytest.raises(KeyboardInterrupt):
            write_whole(tmp_path / name, b"after")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"before"


def test_a_file_is_exchanged_where_a_link_points_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_whole(tmp_path / "link", b"content")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "file").read_bytes() == b"content"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_whole(tmp_path / "pipe", b"content")
    assert os.read(reader, 100) == b"content"
    os.close(reader)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link", "pipe"]
