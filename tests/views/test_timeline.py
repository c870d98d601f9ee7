from wsedu.protocol import Frame, Opcode, build_frame, build_request, build_response, make_key
from wsedu.recording import Event, Recording
from wsedu.views.timeline import SHOWN, Timeline

KEY = bytes.fromhex("37fa213d")
REQUEST = build_request("example.com", "/", make_key(b"the sample nonce"))


def recording(*frames: tuple[float, str, Frame]) -> Recording:
    answer = build_response(make_key(b"the sample nonce"))
    events = [
        Event(0, "client", "data", REQUEST.to_bytes()),
        Event(0, "server", "data", answer.to_bytes()),
    ]
    for time, sender, frame in frames:
        data = build_frame(frame, KEY if sender == "client" else None)
        events.append(Event(time, sender, "data", data))  # type: ignore[arg-type]
    return Recording(tuple(events))


PING = Frame(Opcode.PING, b"abcd")
PONG = Frame(Opcode.PONG, b"abcd")


class TestPairs:
    def test_a_pong_with_the_same_payload_answers(self) -> None:
        text = str(Timeline(recording((0.5, "server", PING), (0.62, "client", PONG))))
        assert "0.50 s: the server pings; the Pong came after 0.12 s" in text

    def test_another_payload_answers_nothing(self) -> None:
        other = Frame(Opcode.PONG, b"wrong")
        text = str(Timeline(recording((0.5, "server", PING), (0.6, "client", other))))
        assert "no Pong with its payload came" in text
        assert "0.60 s: a Pong of the client that answers no Ping" in text

    def test_a_pong_of_the_same_side_or_from_before_answers_nothing(self) -> None:
        for early in ((0.4, "client", PONG), (0.6, "server", PONG)):
            story = sorted([(0.5, "server", PING), early], key=lambda frame: frame[0])
            assert "no Pong with its payload came" in str(Timeline(recording(*story)))

    def test_two_pings_with_one_payload_take_two_pongs(self) -> None:
        text = str(
            Timeline(recording((0.1, "server", PING), (0.2, "server", PING), (0.3, "client", PONG)))
        )
        assert text.count("the Pong came after") == text.count("no Pong with") == 1

    def test_both_directions(self) -> None:
        text = str(Timeline(recording((0.1, "server", PING), (0.2, "client", PING))))
        assert "the server pings" in text and "the client pings" in text


class TestPicture:
    def test_the_ending_is_named(self) -> None:
        close = Frame(Opcode.CLOSE, (1011).to_bytes(2, "big"))
        shown = Timeline(recording((0.5, "server", PING), (1.2, "server", close)), timeout=0.7)
        assert "1.20 s: close: 1011" in str(shown) and "timeout 0.7 seconds" in str(shown)
        assert 'class="fault"' in shown.svg

    def test_a_hundredth_of_a_second_moves_nothing_but_the_words(self) -> None:
        pictures = [
            Timeline(recording((time, "server", PING), (time + 0.2, "client", PONG))).svg
            for time in (0.50, 0.51)
        ]
        assert pictures[0].replace("0.50 s", "?") == pictures[1].replace("0.51 s", "?")

    def test_many_pings_are_bounded_and_counted(self) -> None:
        frames = [(0.1 * n, "server", PING) for n in range(1, SHOWN + 6)]
        shown = Timeline(recording(*frames))
        assert "5 Pings more" in shown.svg
        assert shown.svg.count('data-item="p') == SHOWN

    def test_nothing_happened_yet(self) -> None:
        assert str(Timeline(Recording())) == "Pings on this connection: 0"
