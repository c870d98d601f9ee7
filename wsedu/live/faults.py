"""What a bad network does, on purpose.

How to think about it: faults are a value. ``Lab.fault`` gives it to the tap, and the tap asks it
what to do with each chunk. So a fault acts on real bytes between a real client and server.
"""

from dataclasses import dataclass, fields
from typing import Literal

from ..recording import Side
from ..words import _

Whose = Literal["client", "server", "both"]


@dataclass(frozen=True)
class Faults:
    """The faults in force; the defaults are a perfect network.

    delay:  seconds that every chunk waits at the tap
    jitter: seconds that a chunk may wait besides, chosen at random
    cut:    pass the stream on in chunks of this many bytes, as TCP may
    cut_at: end a chunk at these offsets of the stream
    hold:   pass nothing on, while the sender believes that all is well (a black hole). What was
            held travels when the hold ends, as if TCP sent it again
    flip:   (offset in the stream, bit): flip this bit. Bit 0 is the leftmost, as in the RFC. A
            real TCP would notice; a broken proxy would not
    whose:  on whose bytes the faults act
    """

    delay: float = 0
    jitter: float = 0
    cut: int | None = None
    cut_at: tuple[int, ...] = ()
    hold: bool = False
    flip: tuple[int, int] | None = None
    whose: Whose = "both"

    def __post_init__(self) -> None:
        if self.delay < 0 or self.jitter < 0:
            raise ValueError("delay and jitter are seconds, 0 or more")
        if self.cut is not None and (not isinstance(self.cut, int) or self.cut < 1):
            raise ValueError(f"cut is a number of bytes, 1 or more, not {self.cut}")
        if self.flip is not None and (self.flip[0] < 0 or not 0 <= self.flip[1] <= 7):
            raise ValueError(f"flip is an offset and a bit from 0 to 7, not {self.flip}")
        if self.whose not in ("client", "server", "both"):
            raise ValueError(f"whose is client, server or both, not {self.whose!r}")

    def act_on(self, side: Side) -> bool:
        """Whether the faults act on bytes of that side."""
        return self.whose in (side, "both")

    def pieces(self, data: bytes, offset: int) -> list[bytes]:
        """The pieces of a chunk that begins at ``offset`` of its stream, flipped and cut."""
        if self.flip is not None and 0 <= (at := self.flip[0] - offset) < len(data):
            turned = data[at] ^ (0b1000_0000 >> self.flip[1])
            data = data[:at] + bytes([turned]) + data[at + 1 :]
        ends = {cut - offset for cut in self.cut_at if 0 < cut - offset < len(data)}
        if self.cut is not None:
            ends |= set(range(self.cut, len(data), self.cut))
        borders = [0, *sorted(ends), len(data)]
        return [data[a:b] for a, b in zip(borders, borders[1:], strict=False)]

    def __str__(self) -> str:
        """The faults in words, for the recording."""
        named = [
            f"{field.name}={getattr(self, field.name)}"
            for field in fields(self)
            if field.name != "whose" and getattr(self, field.name) != field.default
        ]
        if not named:
            return _("the network is well again")
        return _("the lab breaks the network for {whose}: {faults}").format(
            whose=self.whose, faults=", ".join(named)
        )
