"""What is raised when bytes break a rule.

An error is a small lesson: one sentence that names the culprit, and the section of
RFC 6455 to read on. Here is only the id of that sentence; ``wsedu.words`` has the words.
"""

from ..said import Said


class ProtocolError(Exception):
    """The bytes received break a rule of the protocol.

    said:       what is wrong, naming the culprit
    section:    the section of the rule, such as ``"4.2.1"`` (RFC 6455) or ``"RFC 9112 2.2"``
    close_code: the code of 7.4.1 with which an endpoint fails the connection, or None
                while no WebSocket connection is open yet, as during the handshake
    """

    def __init__(self, said: Said, *, section: str, close_code: int | None = None) -> None:
        super().__init__(said)
        self.said = said
        self.section = section
        self.close_code = close_code

    @property
    def sentence(self) -> str:
        """What is wrong, in the language of the course."""
        return str(self.said)

    def __str__(self) -> str:
        where = self.section if self.section.startswith("RFC") else f"RFC 6455 {self.section}"
        return f"{self.sentence} ({where})"
