"""Secrets are covered before a recording is saved or shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.recording import Event, Recording, Side

from . import ANSWER, byte_by_byte, conversation


def asking(*lines: bytes) -> bytes:
    return b"\r\n".join([b"GET / HTTP/1.1", b"Host: x", *lines, b"", b""])


class TestSecrets:
    @given(
        st.sampled_from(["Cookie", "Authorization", "Proxy-Authorization", "Set-Cookie"]),
        st.sampled_from(["client", "server"]),
        st.data(),
        st.text("abcDEF0123456789=;_ ", min_size=1).map(lambda s: f"k{s}k"),
    )
    def test_covered_wherever_the_chunks_are_cut(
        self, name: str, side: Side, data: st.DataObject, secret: str
    ) -> None:
        folded = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in name)
        stream = asking(b"A: b", f"{folded}: {secret}".encode(), b"C: d")
        cuts = sorted(data.draw(st.sets(st.integers(1, len(stream) - 1), max_size=6)))
        pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        covered = conversation(*((side, piece) for piece in pieces)).with_secrets_covered()
        assert covered.sent_by(side) == stream.replace(secret.encode(), b"*" * len(secret))
        assert [len(event.data) for event in covered.events] == [len(piece) for piece in pieces]

    def test_an_end_stays_where_it_is(self) -> None:
        end = Event(1.0, "client", "end")
        recording = conversation(("client", asking(b"A: b", b"Cookie: secret")))
        covered = Recording((*recording.events, end)).with_secrets_covered()
        assert covered.events[-1] == end and b"secret" not in covered.sent_by("client")

    @pytest.mark.parametrize(
        "stream",
        [
            asking(b"Cookie: SECRET", b"Cookie: SECRET"),
            asking(b"Cookie:SECRET"),
            asking(b"Cookie : SECRET"),
            asking(b" Cookie: SECRET"),
            asking(b"Cookie: \tSECRET\t "),
            asking(b"Cookie: a;", b" SECRET", b"\tSECRET"),
            asking(b"Cookie: a\rSECRET"),
            asking(b"Cookie: SECRET").replace(b"\r\n", b"\n"),
            asking(b"Cookie: SECRET").removesuffix(b"\r\n\r\n"),  # not ended yet
            asking(*[b"A: b"] * 300, b"Cookie: SECRET"),  # after the limit of the reader
            asking(b"X: " + b"y" * 10_000, b"Cookie: SECRET"),
            asking() + asking(b"Cookie: SECRET"),  # the second request of a connection
            b"\x81\x85abcdefghi" + asking(b"Cookie: SECRET"),
            asking(b"Proxy-Authorization: Basic SECRET"),
            asking(b"Set-Cookie: id=SECRET; HttpOnly"),
            b"GET /?token=SECRET HTTP/1.1\r\n",
            b"GET /?a=b&token=SECRET&c=d HTTP/1.1\r\n",
            b"GET /?a&Token=SECRET HTTP/1.1\r\n",
            b"GET /?%74oken=SECRET",  # the lab would take it
            b"GET /?%74%6F%6b%65%6e=SECRET HTTP/1.1\r\n",
            b"GET http://x/?token=SECRET HTTP/1.1\r\n",
            b"\x81\x85abcdefghi" + b"GET /?token=SECRET HTTP/1.1\r\n",
        ],
    )
    def test_covered_however_it_was_written(self, stream: bytes) -> None:
        for recording in (conversation(("client", stream)), conversation(("server", stream))):
            covered = recording.with_secrets_covered()
            side = recording.events[0].sender
            assert b"SECRET" not in covered.sent_by(side)
            assert len(covered.sent_by(side)) == len(stream)
            assert covered.sent_by(side).count(b"\n") == stream.count(b"\n")

    def test_covered_while_it_arrives(self) -> None:
        arriving = byte_by_byte(conversation(("client", asking(b"Cookie: SECRET"))))
        for count in range(len(arriving.events)):
            covered = Recording(arriving.events[:count]).with_secrets_covered()
            assert b"SE" not in covered.sent_by("client")

    def test_events_without_bytes_stay_as_they_are(self) -> None:
        fault = Event(0.5, "client", "fault", note="the network breaks")
        talk = conversation(("client", asking(b"Cookie: SECRET")))
        covered = Recording((fault, *talk.events, fault)).with_secrets_covered()
        assert covered.events[0] == covered.events[-1] == fault
        assert b"SECRET" not in covered.sent_by("client")

    def test_nothing_else_is_touched(self) -> None:
        recording = conversation(
            ("client", b"GET /?tokens=a&a=token&token= HTTP/1.1\r\n\r\n"),
            ("server", ANSWER),
            ("client", asking(b"X-Cookie: a", b"Cookies: b", b"X: Cookie: c", b"Cookie:")),
            ("server", ANSWER),
            ("client", b"\x81\x85\x00\x00\x00\x00Hello"),
        )
        assert recording.with_secrets_covered() is recording
