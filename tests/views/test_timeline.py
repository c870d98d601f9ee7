from xml.etree import ElementTree

from wsedu.protocol import Frame, Opcode, build_frame, build_request, build_response, make_key
from wsedu.recording import Event, Recording
from wsedu.views.timeline import LEFT, RIGHT, SHOWN, Timeline

from . import SVG

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
        assert "0.60 s: a Pong from the client that answers no Ping" in text

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
        assert "5 more Pings" in shown.svg
        assert shown.svg.count('data-item="p') == SHOWN

    def test_nothing_happened_yet(self) -> None:
        assert str(Timeline(Recording())) == "Pings on this connection: 0"


CLOSE = Frame(Opcode.CLOSE, (1001).to_bytes(2, "big"))


def closed(*frames: tuple[float, str, Frame], tcp: float) -> Recording:
    """How exercise 07.4 tells it: the server ends TCP."""
    events = (*recording(*frames).events, Event(tcp, "server", "end"), Event(tcp, "client", "end"))
    return Recording(events)


class TestClosing:
    """The countdown of a Close, as in exercise 07.4."""

    def test_an_answer_stops_the_countdown(self) -> None:
        story = closed((1.0, "server", CLOSE), (1.5, "client", CLOSE), tcp=1.5)
        shown = Timeline(story, close_timeout=2)
        assert str(shown).splitlines() == [
            "close timeout 2 seconds",
            "  1.00 s: the server sends close: 1001; the other side's Close came after 0.50 s",
            "  1.50 s: the server ends TCP",
            "  1.50 s: the client ends TCP",
        ]
        assert bar(shown) == ("word", 1.0, 1.5, 3.0)
        assert shown.svg.count('class="switch"') == 2
        assert shown.svg.count(">TCP ends<") == 1

    def test_without_an_answer_it_runs_out(self) -> None:
        shown = Timeline(closed((1.0, "server", CLOSE), tcp=3.0), close_timeout=2)
        assert "no Close came from the other side" in str(shown)
        assert bar(shown) == ("value", 1.0, 3.0, 3.0)

    def test_a_second_close_of_the_same_side_stops_nothing(self) -> None:
        story = closed((1.0, "server", CLOSE), (1.2, "server", CLOSE), tcp=3.0)
        assert "no Close came from the other side" in str(Timeline(story, close_timeout=2))

    def test_a_broken_connection_is_named(self) -> None:
        events = (*recording((1.0, "client", CLOSE)).events, Event(1.4, "server", "lost"))
        text = str(Timeline(Recording(events), close_timeout=0.5))
        assert "the client sends close: 1001" in text
        assert "1.40 s: the connection is reset (TCP RST)" in text

    def test_pings_and_the_closing_fit_one_picture(self) -> None:
        story = closed((0.2, "server", PING), (0.3, "client", PONG), (1.0, "server", CLOSE), tcp=1)
        shown = Timeline(story, timeout=0.7, close_timeout=0.5)
        assert "Pings on this connection: 1; close timeout 0.5 seconds" in str(shown)
        assert 'data-item="p0"' in shown.svg and 'data-item="close"' in shown.svg

    def test_nothing_of_it_is_drawn_unless_asked_for(self) -> None:
        shown = Timeline(closed((1.0, "server", CLOSE), tcp=3.0))
        assert "TCP" not in str(shown) and 'class="switch"' not in shown.svg


def bar(shown: Timeline) -> tuple[str, float, float, float]:
    """The countdown of the Close: its style, and from when to when it ran and could have run."""
    tree = ElementTree.fromstring(shown.svg)
    (item,) = [g for g in tree.iter(f"{SVG}g") if g.get("data-item") == "close"]
    ran, could = item.iter(f"{SVG}rect")
    seconds = 3.0  # on the axis

    def time(rect: ElementTree.Element, width: bool) -> float:
        x = float(rect.get("x") or 0) + (float(rect.get("width") or 0) if width else 0)
        return round((x - LEFT) / (RIGHT - LEFT) * seconds, 2)

    return ran.get("class") or "", time(ran, False), time(ran, True), time(could, True)
