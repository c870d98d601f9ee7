import random
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from wsedu.protocol import Frame, Opcode, broken_rules, build_frame, read_header
from wsedu.views.adjustable import State
from wsedu.views.builder import RULES, FrameBuilder

from . import SVG

KEY = bytes.fromhex("37fa213d")


def built(**changes: object) -> FrameBuilder:
    builder = FrameBuilder()
    builder.state = {**builder.state, **changes}
    return builder


def groups(builder: FrameBuilder) -> list[Element]:
    return list(ElementTree.fromstring(builder.svg).iter(f"{SVG}g"))


def bits_of(state: State) -> str:
    slots = FrameBuilder().slots(state)
    return "".join(slots[f"bit{n}"] for n in range(16))


def acted(state: State, act: str) -> State:
    """What ``adjustable.js`` does when an item is clicked."""
    name, _sign, bit = act.partition("^")
    return {**state, name: state[name] ^ int(bit) if bit else not state[name]}


class TestBytes:
    def test_first_frame_is_the_masked_hello_of_the_rfc(self) -> None:
        assert FrameBuilder().frame_bytes == build_frame(Frame(Opcode.TEXT, b"Hello"), KEY)
        assert str(FrameBuilder()).startswith("81 85 37 fa 21 3d 7f 9f 4d 51 58\n")

    def test_longer_forms_of_the_length(self) -> None:
        assert built(form=16).frame_bytes[1:4].hex() == "fe0005"
        assert built(form=64).frame_bytes[1:10].hex() == "ff0000000000000005"

    def test_bits_are_those_of_the_first_two_bytes(self) -> None:
        slots = FrameBuilder().slots(built(rsv2=True, opcode=0xA).state)
        assert "".join(slots[f"bit{n}"] for n in range(16)) == "1010101010000101"


class TestFlippedBits:
    def test_each_bit_acts_on_what_it_is(self) -> None:
        acts = {g.get("data-item"): g.get("data-act") for g in groups(FrameBuilder())}
        acts.pop(None)
        builder = FrameBuilder()
        before = bits_of(builder.state)
        for n in range(16):
            after = bits_of(acted(builder.state, acts[f"bit{n}"] or ""))
            assert [i for i in range(16) if after[i] != before[i]] == [n]

    def test_a_length_that_says_less_leaves_bytes_to_the_next_frame(self) -> None:
        builder = built(flipped=1)
        assert builder.frame_bytes[1] == 0x84
        slots = builder.slots(builder.state)
        assert slots["size"] == "11 bytes: 6 of header, 4 of payload."
        assert slots["letter10"] == "+" and slots["letter9"] == "P"
        assert "Bytes (+) that begin the next frame: 1." in str(builder)

    def test_a_length_that_says_more_keeps_a_reader_waiting(self) -> None:
        assert "a receiver waits. Bytes missing: 8." in str(built(flipped=8))
        assert "a receiver waits" not in str(built())

    def test_the_bytes_are_read_as_a_reader_reads_them(self) -> None:
        """126 in the seven bits: what was the key is a length now, and the payload a key."""
        slots = FrameBuilder().slots(built(flipped=5 ^ 126).state)
        assert "".join(slots[f"letter{n}"] for n in range(2, 11)) == "EEKKKKPPP"
        assert f"Bytes missing: {0x37FA - 3}." in slots["said"]

    def test_half_a_header_breaks_no_rule_yet(self) -> None:
        said = str(built(flipped=127, payload="", fin=False, opcode=9))
        assert "The header is not complete" in said and "FIN" not in said
        assert "5 bytes: 2 of header, 3 of payload" not in said

    def test_a_length_of_64_bits_is_exact(self) -> None:
        """The key and four bytes of the payload are read as a length, too large for a float."""
        builder = built(flipped=4 ^ 127, key="ff000000", payload="\0\0\0\1")
        assert builder.frame_bytes[2:].hex() == "ff000000" + "ff000001"
        assert "The first bit of a 64-bit length must be 0." in str(builder)
        builder = built(flipped=8 ^ 127, key="7f000000", payload="\0\0\0\0abcd")
        assert f"Bytes missing: {0x7F000000_7F000000 + 10 + 4 - 14}." in str(builder)


class TestColours:
    def test_bits_and_bytes_have_the_colours_of_their_fields(self) -> None:
        bits = [
            (g.find(f"{SVG}rect").get("class"))  # type: ignore[union-attr]
            for g in groups(built())
            if (g.get("data-item") or "").startswith("bit")
        ]
        assert bits == [
            *["f-fin", "f-rsv", "f-rsv", "f-rsv", *["f-opcode"] * 4],
            *["f-mask", *["f-length"] * 7],
        ]
        builder = built(payload="x" * 130)
        slots = builder.slots(builder.state)
        shades = [slots[f"shade{n}.class"] for n in range(2, 12)]
        assert shades == [*["f-extended"] * 2, *["f-key"] * 4, *["f-payload"] * 4]
        assert [slots[f"letter{n}"] for n in range(2, 12)] == list("EEKKKKPPPP")


class TestRules:
    def test_nothing_is_broken_at_first(self) -> None:
        assert FrameBuilder().slots(FrameBuilder().state)["rule0"].startswith("✔")

    def test_each_sentence_is_that_of_the_protocol(self) -> None:
        builder = built(mask=False, fin=False, opcode=0xB, rsv3=True)
        header = read_header(builder.frame_bytes)
        said = [f"✘ {error}" for _field, error in broken_rules(header, "server")]
        slots = builder.slots(builder.state)
        assert [slots[f"rule{n}"] for n in range(RULES)] == [*said, *[""] * (RULES - len(said))]
        assert len(said) == 4

    def test_there_is_a_line_for_every_rule(self) -> None:
        chance = random.Random(1)
        builder, most = FrameBuilder(), 0
        for _try in range(4000):
            changes = {
                "fin": chance.random() < 0.5,
                "rsv1": True,
                "opcode": chance.randrange(16),
                "sender": chance.choice(["client", "server"]),
                "mask": chance.random() < 0.5,
                "key": chance.choice(["", "37fa213d"]),
                "payload": "x" * chance.choice([0, 130]),
                "form": chance.choice([0, 16, 64]),
                "flipped": chance.choice([0, 1, chance.randrange(128)]),
            }
            most = max(most, builder.slots({**builder.state, **changes})["said"].count("✘"))
        assert most <= RULES
        zeros = "\0\0\0~"  # read as the end of a length, when the seven bits say 127
        worst = built(
            rsv1=True,
            opcode=0xF,
            fin=False,
            sender="server",
            key="",
            payload=zeros,
            flipped=4 ^ 127,
        )
        assert str(worst).count("✘") == RULES

    def test_a_key_that_cannot_be_read_is_said(self) -> None:
        assert "8 hexadecimal digits" in str(built(key="37"))
