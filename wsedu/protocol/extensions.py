"""Extensions: what the two sides may agree on to change the framing (section 9, RFC 7692).

How to think about it: the client offers, the server picks. Both write one list in the header
``Sec-WebSocket-Extensions``: names, each perhaps with parameters. One extension is in real use,
``permessage-deflate``: messages travel compressed. ``read_extensions`` reads such a list, legal or
not. ``check_offer`` and ``check_agreed`` say what is wrong in an offer and in a response, and
``agreed_deflate`` says how both sides compress from then on. Its four parameters are in 7.1 of
RFC 7692: whether a side forgets its context after each message, and how far it may look back.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..said import Said
from .http import MessageHead, Problem, Span, shorten

DEFLATE = "permessage-deflate"
# Its parameters, and the section of RFC 7692 about each.
NO_CONTEXT = {"server_no_context_takeover": "7.1.1.1", "client_no_context_takeover": "7.1.1.2"}
WINDOW_BITS = {"server_max_window_bits": "7.1.2.1", "client_max_window_bits": "7.1.2.2"}
# Policies, not rules: what comes after these in a list is not read.
MAX_EXTENSIONS = 64
MAX_PARAMETERS = 16


@dataclass(frozen=True)
class Extension:
    """One element of the list: its name and its parameters, in their order; and its bytes.

    A parameter without a value has None. Names are in lower case.
    """

    name: str
    parameters: tuple[tuple[str, str | None], ...]
    span: Span


@dataclass(frozen=True)
class Deflate:
    """What both sides agreed on (RFC 7692 7.1). Bits: a window of 2 to the power of that."""

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int = 15
    client_max_window_bits: int = 15


def read_extensions(head: MessageHead) -> tuple[Extension, ...]:
    """The extensions that a head names (9.1), however they are written."""
    found: list[Extension] = []
    for line in head.find("Sec-WebSocket-Extensions"):
        here = line.value.span.start
        # 9.1: a quoted value "MUST conform to the 'token' ABNF" too, so a comma always divides.
        for element in line.value.text.split(","):
            start, here = here + len(element) - len(element.lstrip()), here + len(element) + 1
            written = element.strip()
            if written and len(found) < MAX_EXTENSIONS:
                name, *parameters = (piece.strip() for piece in written.split(";"))
                read = tuple(_parameter(piece) for piece in parameters[:MAX_PARAMETERS])
                span = Span(start, start + len(written))
                found.append(Extension(name.lower(), read, span))
    return tuple(found)


def _parameter(written: str) -> tuple[str, str | None]:
    name, equals, value = (piece.strip() for piece in written.partition("="))
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return name.lower(), value if equals else None


def check_offer(request: MessageHead) -> tuple[Problem, ...]:
    """What is wrong in an offer; "A server MUST decline" it then (RFC 7692 7)."""
    return tuple(
        problem
        for offer in read_extensions(request)
        if offer.name == DEFLATE
        for problem in _check_parameters(offer, in_offer=True)
    )


def check_agreed(response: MessageHead, request: MessageHead) -> tuple[Problem, ...]:
    """What is wrong in a response; the client must fail the connection then (4.1, RFC 7692 7)."""
    offers, chosen = read_extensions(request), read_extensions(response)
    offered = {offer.name for offer in offers}
    problems = []
    for extension in chosen:
        if extension.name not in offered:
            name = shorten(extension.name)
            said = Said("extension.not-offered", name=name)
            problems.append(Problem(said, extension.span, "4.1, response 5"))
    agreed = [one for one in chosen if one.name == DEFLATE]
    # RFC 7692 5: the client fails the connection if two extensions want the same bit.
    said = Said("extension.twice", name=DEFLATE)
    problems += [Problem(said, other.span, "RFC 7692 5") for other in agreed[1:]]
    if agreed:
        wrong = _check_parameters(agreed[0], in_offer=False)
        if not wrong and DEFLATE in offered:
            # The client may have made several offers; the server has accepted one of them.
            misfits = [_misfits(agreed[0], offer) for offer in offers if offer.name == DEFLATE]
            wrong = [] if [] in misfits else misfits[0]
        problems += wrong
    return tuple(problems)


def agreed_deflate(response: MessageHead) -> Deflate | None:
    """How both sides compress after this 101, or None; parameters that are wrong do not count."""
    for extension in read_extensions(response):
        if extension.name == DEFLATE:
            agreed: dict[str, int] = {}
            for name, value in extension.parameters:
                if name in NO_CONTEXT and value is None:
                    agreed[name] = True
                elif name in WINDOW_BITS and _is_bits(value):
                    agreed.setdefault(name, int(value or 0))
            return Deflate(**agreed)  # type: ignore[arg-type]
    return None


def _check_parameters(extension: Extension, *, in_offer: bool) -> list[Problem]:
    """RFC 7692 7: parameters that are unknown, there twice, or have a wrong value."""
    found, seen = [], set[str]()
    problem = _problems_of(extension)
    for name, value in extension.parameters:
        if name not in NO_CONTEXT | WINDOW_BITS:
            found.append(problem(Said("deflate.unknown", name=shorten(name)), "7"))
        elif name in seen:
            found.append(problem(Said("deflate.twice", name=name), "7"))
        elif name in NO_CONTEXT and value is not None:
            found.append(problem(Said("deflate.no-value", name=name), NO_CONTEXT[name]))
        elif name in WINDOW_BITS and not _is_bits(value):
            # Only the client may leave the number to the server.
            if not (value is None and in_offer and name == "client_max_window_bits"):
                found.append(problem(Said("deflate.bits", name=name), WINDOW_BITS[name]))
        seen.add(name)
    return found


def _misfits(agreed: Extension, offer: Extension) -> list[Problem]:
    """What a response may not contain, or must contain, given the offer; both well-formed."""
    told, asked = dict(agreed.parameters), dict(offer.parameters)
    found: list[tuple[Said, str]] = []
    forget, server_bits, client_bits = "server_no_context_takeover", *WINDOW_BITS
    if forget in asked and forget not in told:
        found.append((Said("deflate.must-repeat", name=forget), NO_CONTEXT[forget]))
    limit = _bits(asked.get(server_bits))
    if _bits(told.get(server_bits)) > limit:
        said = Said("deflate.too-many-bits", name=server_bits, limit=limit)
        found.append((said, WINDOW_BITS[server_bits]))
    limit = _bits(asked.get(client_bits))
    if client_bits in told and client_bits not in asked:
        said = Said("deflate.not-allowed", name=client_bits)
        found.append((said, WINDOW_BITS[client_bits]))
    elif client_bits in told and _bits(told[client_bits]) > limit:
        said = Said("deflate.too-many-bits", name=client_bits, limit=limit)
        found.append((said, WINDOW_BITS[client_bits]))
    problem = _problems_of(agreed)
    return [problem(said, section) for said, section in found]


def _problems_of(extension: Extension) -> Callable[[Said, str], Problem]:
    return lambda said, section: Problem(said, extension.span, f"RFC 7692 {section}")


def _is_bits(value: str | None) -> bool:
    """RFC 7692 7.1.2: "a decimal integer without leading zeroes between 8 to 15 inclusive"."""
    return value in ("8", "9", "10", "11", "12", "13", "14", "15")


def _bits(value: str | None) -> int:
    return int(value) if value is not None and _is_bits(value) else 15
