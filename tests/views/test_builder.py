import random

from wsedu.protocol import Frame, Opcode, broken_rules, build_frame, cut_header, parse_header
from wsedu.views.builder import RULES, FrameBuilder

KEY = bytes.fromhex("37fa213d")


def built(**changes: object) -> FrameBuilder:
    builder = FrameBuilder()
    builder.state = {**builder.state, **changes}
    return builder


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


class TestRules:
    def test_nothing_is_broken_at_first(self) -> None:
        assert FrameBuilder().slots(FrameBuilder().state)["rule0"].startswith("✔")

    def test_each_sentence_is_that_of_the_protocol(self) -> None:
        builder = built(mask=False, fin=False, opcode=0xB, rsv3=True)
        header = parse_header(cut_header(builder.frame_bytes) or b"")
        said = [f"✘ {error}" for _field, error in broken_rules(header, "server")]
        slots = builder.slots(builder.state)
        assert [slots[f"rule{n}"] for n in range(RULES)] == [*said, *[""] * (RULES - len(said))]
        assert len(said) == 4

    def test_there_is_a_line_for_every_rule(self) -> None:
        chance = random.Random(1)
        most = 0
        for _try in range(4000):
            builder = built(
                fin=chance.random() < 0.5,
                rsv1=True,
                opcode=chance.randrange(16),
                sender=chance.choice(["client", "server"]),
                mask=chance.random() < 0.5,
                key=chance.choice(["", "37fa213d"]),
                payload="x" * chance.choice([0, 130]),
                form=chance.choice([0, 16, 64]),
            )
            most = max(most, str(builder).count("✘"))
        assert most == RULES

    def test_a_key_that_cannot_be_read_is_said(self) -> None:
        assert "8 hexadecimal digits" in str(built(key="37"))
