"""The sentences for what ``protocol`` and ``recording`` give as ids: see ``wsedu.said``.

How to think about it: one table, from an id to its English sentence, with names in braces for the
arguments. ``_`` and ``ngettext`` only mark a sentence here, so that gettext's tools find it;
``speak`` looks up the translation each time a sentence is read. A sentence that depends on a
number has two forms in English, and the argument ``count`` chooses.
"""

from __future__ import annotations

from .. import words
from ..said import Said


def speak(said: Said, english: bool = False) -> str:
    """The sentence in the language of the course, or in English whatever that language is."""
    sentence = SENTENCES[said.id]
    args = {
        name: speak(value, english) if isinstance(value, Said) else value
        for name, value in said.args.items()
    }
    if isinstance(sentence, tuple):
        one, many = sentence
        count: int = said.args["count"]
        if english:
            chosen = one if count == 1 else many
        else:
            chosen = words.ngettext(one, many, count)
    else:
        chosen = sentence if english else words._(sentence)
    return chosen.format(**args)


def _(sentence: str) -> str:
    return sentence


def ngettext(one: str, many: str) -> tuple[str, str]:
    return one, many


SENTENCES: dict[str, str | tuple[str, str]] = {
    # A forgotten await.
    "await.missing": _(
        "You gave {called} {what}, not its result: is an `await` missing before the call?"
    ),
    "await.coroutine": _("the coroutine of {name}"),
    "await.other": _("a {type}"),
    # protocol/http: what is wrong with a head.
    "http.lf-alone": _("A line ends with LF alone; HTTP ends every line with CR LF."),
    "http.line-too-long": _("A line is longer than {limit} bytes, the limit of this reader."),
    "http.too-many-lines": _("There are more than {limit} header lines, the limit of this reader."),
    "http.control-character": _(
        "Byte {byte:#04x} at offset {offset} is a control character; no line may hold one."
    ),
    "http.not-ascii": _(
        "Byte {byte:#04x} at offset {offset} is not ASCII; HTTP's own words are ASCII."
    ),
    "http.no-request-line": _('The first line is not "method target HTTP-version".'),
    "http.no-status-line": _('The first line is not "HTTP-version status reason".'),
    "http.no-colon": _("A header line has no colon."),
    "http.no-name": _('"{name}" is not a header name: it may hold no spaces or separators.'),
    "http.not-complete": _(
        "The head is not complete: the empty line that ends it has not arrived."
    ),
    # protocol/checks: what the rules of the opening handshake ask.
    "rule.head": _("The head is well-formed HTTP and ends with an empty line"),
    "rule.request.method": _("The method is GET"),
    "rule.request.http-version": _("The HTTP version is 1.1 or higher"),
    "rule.request.target": _("The target is a path or an http(s) address, without a fragment"),
    "rule.request.host": _("There is one Host header, and it is not empty"),
    "rule.request.upgrade": _("Upgrade names websocket (any case)"),
    "rule.request.connection": _("Connection names Upgrade (any case, perhaps among others)"),
    "rule.request.key": _("There is one Sec-WebSocket-Key: Base64 of 16 bytes"),
    "rule.request.websocket-version": _("There is one Sec-WebSocket-Version, and it is 13"),
    "rule.request.origin": _("There is at most one Origin (browsers always send it)"),
    "rule.request.subprotocols": _("The subprotocols asked for, if any, are different names"),
    "rule.request.extensions": _("The extensions offered, if any, begin with a name"),
    "rule.response.status": _("The status is 101"),
    "rule.response.upgrade": _("Upgrade is websocket (any case)"),
    "rule.response.connection": _("Connection names Upgrade (any case)"),
    "rule.response.accept": _("Sec-WebSocket-Accept answers the key that was sent"),
    "rule.response.extensions": _("The server uses only extensions that were offered"),
    "rule.response.subprotocol": _(
        "The server chose at most one subprotocol, and one that was asked for"
    ),
    # protocol/checks: what was found.
    "seen.absent": _("absent"),
    "seen.nothing": _("nothing"),
    "seen.no-empty-line": _("no empty line yet: the head has not ended"),
    "seen.header-lines": ngettext("{count} header line", "{count} header lines"),
    "seen.key": ngettext("{key} ({count} byte)", "{key} ({count} bytes)"),
    "seen.disputed": _("{seen} (libraries judge this differently)"),
    "seen.key-not-base64": _("{key} (not Base64)"),
    # protocol/bodies: what is wrong with the lines that say how long a body is, and with a chunk.
    "body.said-twice": _(
        "Transfer-Encoding and Content-Length are both there; a reader may take either."
    ),
    "body.unknown-end": _(
        "The body of a request ends nowhere if chunked is not the last of its transfer codings."
    ),
    "body.wrong-length": _("Content-Length must be one number."),
    "body.no-chunk": _(
        "The body is not written in chunks: here should be a size in hexadecimal, or a line end."
    ),
    # protocol/extensions: what is wrong with an offer, or with what was agreed on.
    "extension.not-offered": _("The server uses {name}, and the client did not offer it."),
    "extension.twice": _("The server uses {name} twice; both would claim the bit RSV1."),
    "deflate.unknown": _("{name} is not a parameter of permessage-deflate."),
    "deflate.twice": _("The parameter {name} is there twice."),
    "deflate.no-value": _("The parameter {name} takes no value."),
    "deflate.bits": _("The value of {name} must be a number from 8 to 15, without leading zeros."),
    "deflate.must-repeat": _("The client asked for {name}, and the response does not repeat it."),
    "deflate.too-many-bits": _("The client asked for {name} of {limit} at most."),
    "deflate.not-allowed": _(
        "The client did not offer {name}, so the response must not contain it."
    ),
    # protocol/reader: the rules for one header, and a limit.
    "frame.reserved-bit": _("A reserved bit is set, and no extension that was agreed on uses it."),
    "frame.reserved-opcode": _("Opcode {opcode:#x} is reserved."),
    "frame.control-fragment": _("A control frame must be whole: its FIN bit must be 1."),
    "frame.client-unmasked": _("A client's frame must be masked."),
    "frame.server-masked": _("A server's frame must not be masked."),
    "frame.control-too-long": _("A control frame's payload may have 125 bytes at most."),
    "frame.length-top-bit": _("The first bit of a 64-bit length must be 0."),
    "frame.length-not-minimal": _("Length {length} is written in {form} bits, and fewer would do."),
    "frame.too-big": ngettext(
        "A frame announces {count} byte; the limit is {limit}.",
        "A frame announces {count} bytes; the limit is {limit}.",
    ),
    # protocol/messages: the order of frames, limits, and UTF-8.
    "message.not-ended": _("A message begins before the one in progress has ended."),
    "message.not-begun": _("A continuation frame comes, and no message has begun."),
    "message.too-long": ngettext(
        "A message takes {count} byte or more; the limit is {limit}.",
        "A message takes {count} bytes or more; the limit is {limit}.",
    ),
    "message.too-many-frames": ngettext(
        "A message takes more than {count} frame, the limit.",
        "A message takes more than {count} frames, the limit.",
    ),
    "message.not-utf8": _("A text message is not UTF-8: {octets} at offset {offset}, {reason}."),
    "utf8.no-start": _("invalid start byte"),
    "utf8.no-continuation": _("invalid continuation byte"),
    "utf8.unfinished": _("unexpected end of data"),
    # protocol/closing: Close frames, and what their codes say.
    "close.one-byte": _("A Close frame's body has one byte, and a code takes two."),
    "close.code-not-sendable": _("A Close frame carries code {code}, which may not be sent."),
    "close.reason-not-utf8": _("The reason in a Close frame is not UTF-8."),
    "code.1000": _("The purpose of the connection is fulfilled."),
    "code.1001": _("An endpoint goes away: a server shuts down, a page is left."),
    "code.1002": _("The peer broke a rule of the protocol."),
    "code.1003": _("A type of data came that the endpoint cannot accept."),
    "code.1005": _("A Close frame came without a code. Never sent."),
    "code.1006": _("The connection ended without a Close frame. Never sent."),
    "code.1007": _("Data does not fit the type of its message, such as text that is not UTF-8."),
    "code.1008": _("A message breaks the endpoint's policy."),
    "code.1009": _("A message is too big to process."),
    "code.1010": _("The client needs an extension that the server did not agree to."),
    "code.1011": _("The server met an unexpected condition."),
    "code.1012": _("The service restarts."),
    "code.1013": _("The service is overloaded; try again later."),
    "code.1014": _("A gateway got an invalid response from the server behind it."),
    "code.1015": _("The TLS handshake failed. Never sent."),
    "code.below-1000": _("Below 1000: not used."),
    "code.of-the-protocol": _("1000 to 2999: reserved for the protocol and its extensions."),
    "code.of-libraries": _("3000 to 3999: for libraries and frameworks, registered with IANA."),
    "code.of-applications": _("4000 to 4999: for private use between two applications."),
    "code.above-4999": _("5000 and above: not defined."),
    # protocol/choices: the question, our answer, the reason.
    "choice.minimal-length.question": _(
        "Is a payload length accepted in a longer form than it needs?"
    ),
    "choice.minimal-length.answer": _("No: 1002."),
    "choice.minimal-length.reason": _(
        "The RFC says MUST to the sender and nothing to the reader; browsers refuse it."
    ),
    "choice.length-top-bit.question": _("What if the first bit of a 64-bit length is 1?"),
    "choice.length-top-bit.answer": _(
        "1002, not 1009: no sender may write it, so its size does not matter."
    ),
    "choice.length-top-bit.reason": _(
        "The rule comes before the limit, which every endpoint chooses for itself."
    ),
    "choice.early-refusal.question": _(
        "Is a frame refused at its header, or when all of it has come?"
    ),
    "choice.early-refusal.answer": _("When its header has come, all of it but the masking key."),
    "choice.early-refusal.reason": _(
        "An endpoint must not wait for a frame that announces 2 GiB, or store it."
    ),
    "choice.first-broken-rule.question": _("Which rule is named when a frame breaks several?"),
    "choice.first-broken-rule.answer": _(
        "The first, in the order of the bytes: a Close's code before its reason."
    ),
    "choice.first-broken-rule.reason": _(
        "The RFC does not say; the order of the bytes is the one that a reader can follow."
    ),
    "choice.utf8-early.question": _("Where is UTF-8 checked?"),
    "choice.utf8-early.answer": _("At every byte that comes, in the middle of frames too."),
    "choice.utf8-early.reason": _(
        "The RFC does not say when; a reader that waits can be made to store what is wrong."
    ),
    "choice.utf8-layer.question": _(
        "Which layer checks UTF-8: the one that gives frames, or the one that gives messages?"
    ),
    "choice.utf8-layer.answer": _("The endpoint: an event with a text holds text."),
    "choice.utf8-layer.reason": _(
        "A layer that gives frames cannot tell: a character may be cut between two of them."
    ),
    "choice.close-amid-fragments.question": _(
        "May a Close frame come while a fragmented message has not ended?"
    ),
    "choice.close-amid-fragments.answer": _(
        "Yes: it is answered like any other, and the unfinished message is dropped."
    ),
    "choice.close-amid-fragments.reason": _(
        "Close is a control frame, and control frames may come between fragments."
    ),
    "choice.close-one-byte.question": _("What if the body of a Close frame has one byte?"),
    "choice.close-one-byte.answer": _("1002."),
    "choice.close-one-byte.reason": _(
        "A body begins with a code of two bytes, and half a code says nothing."
    ),
    "choice.close-utf8.question": _("Which code answers a Close frame whose reason is not UTF-8?"),
    "choice.close-utf8.answer": _("1007."),
    "choice.close-utf8.reason": _(
        "It is the code for data that does not fit its type; 1002 would be right as well."
    ),
    "choice.registered-codes.question": _(
        "May an endpoint send a code that IANA registered after the RFC?"
    ),
    "choice.registered-codes.answer": _(
        "1012, 1013 and 1014: yes. 1004 and all other codes from 1016 to 2999: no."
    ),
    "choice.registered-codes.reason": _(
        "7.4.2 keeps the range for the protocol and its extensions; 11.7 has these three."
    ),
    "choice.close-echo.question": _("What does our reply to a Close frame say?"),
    "choice.close-echo.answer": _("The same code and reason; nothing if there was nothing."),
    "choice.close-echo.reason": _(
        'An endpoint "typically echos the status code it received"; the reason goes with it.'
    ),
    "choice.close-reason.question": _("Does our Close say why, when the peer broke a rule?"),
    "choice.close-reason.answer": _(
        "Yes: the sentence of the error, in English, cut to 123 bytes."
    ),
    "choice.close-reason.reason": _(
        "It helps a person at the other end; a program must not rely on it."
    ),
    "choice.ping-after-our-close.question": _(
        "Is a Ping answered after our own Close has been sent?"
    ),
    "choice.ping-after-our-close.answer": _("Yes, until the peer's Close comes."),
    "choice.ping-after-our-close.reason": _(
        "The only exception that 5.5.2 names is a Close that was received."
    ),
    "choice.too-many-fragments.question": _("Which code refuses a message of too many frames?"),
    "choice.too-many-fragments.answer": _("1009, as for too many bytes."),
    "choice.too-many-fragments.reason": _(
        "Both mean more than this endpoint wants to process; 1008 would be right as well."
    ),
    "choice.server-ends-tcp.question": _("Which side ends TCP after the closing handshake?"),
    "choice.server-ends-tcp.answer": _(
        "The server at once; the client waits for it. A side that failed the connection ends it."
    ),
    "choice.server-ends-tcp.reason": _(
        "The side that ends TCP first keeps the port in TIME_WAIT, and a server can afford it."
    ),
    # recording/units: bodies, and bytes that could not be read.
    "recording.no-request": _("In this recording the client says nothing."),
    "body.title": ngettext("body, {count} byte", "body, {count} bytes"),
    "body.sentence": _("The body of the response: {text}"),
    "body.title-chunked": ngettext("body in chunks, {count} byte", "body in chunks, {count} bytes"),
    "body.of-request": _("The body of the request: {text}"),
    "bytes.count": ngettext("{count} byte: {shown}", "{count} bytes: {shown}"),
    "bytes.only-count": ngettext("{count} byte", "{count} bytes"),
    "bytes.too-early": _("Sent before the server's 101: no rule of WebSocket applies to them yet."),
    "bytes.no-request": _("Bytes that answer no request that could be read."),
    # recording/dissect: a rule of the opening handshake that is broken.
    "handshake.broken": _('This rule is broken: "{asked}". Here: {seen}.'),
    # recording/head_fields: what a head says.
    "request.no-http": _(
        'This is not an HTTP request: its first line is not "method target HTTP-version".'
    ),
    "request.first-line-unfinished": _(
        "The server reads this as the beginning of a request line; it waits for its end."
    ),
    "request.unfinished": _(
        "The server reads this as an HTTP request, and waits for its empty line."
    ),
    "request.offers-upgrade": _("The client asks for {target} and offers to change to {protocol}."),
    "request.ordinary": _("An ordinary HTTP request: {method} {target}."),
    "response.no-http": _(
        'This is not an HTTP response: its first line is not "HTTP-version status reason".'
    ),
    "response.unfinished": _(
        "The client reads this as an HTTP response, and waits for its empty line."
    ),
    "response.agrees": _("The server agrees: after this empty line, both sides use WebSocket."),
    "response.interim": _("An interim response, {status} {reason}; another response follows it."),
    "response.stays-http": _("The server says {status} {reason}; the connection stays HTTP."),
    "response.refuses": _("The server refuses: {status} {reason}. The connection stays HTTP."),
    # recording/head_fields: the names of its fields.
    "field.request-line": _("request line"),
    "field.status-line": _("status line"),
    "field.method": _("method"),
    "field.target": _("target"),
    "field.http-version": _("HTTP version"),
    "field.status": _("status"),
    "field.reason": _("reason"),
    "field.header-name": _("header name"),
    "field.no-name": _("(no name)"),
    "field.value": _("value"),
    "field.line-end": _("line end"),
    "field.empty-line": _("empty line"),
    "field.empty-lines": _("empty lines"),
    "field.not-read": _("not read"),
    "field.body": _("body"),
    "field.bytes": _("bytes"),
    "field.chunk-size": _("chunk size"),
    "field.chunk": _("chunk"),
    "field.more-chunks": _("more chunks"),
    "field.trailer": _("trailer"),
    "meaning.chunk-size": _("how many bytes the chunk has, in hexadecimal; 0 is the last one"),
    "meaning.trailer": _("a header line that comes after the body"),
    "meaning.end-of-chunks": _("ends the body; the next byte does not belong to it"),
    # recording/head_fields: what its lines are for.
    "meaning.request-line": _("what the client wants, of which resource, in which HTTP version"),
    "meaning.status-line": _("whether the server agrees: 101 and nothing else means yes"),
    "meaning.no-text": _("the first line is read from here; but these bytes are not text"),
    "meaning.empty-line": _("ends the head; the next byte does not belong to it"),
    "meaning.empty-lines": _("before the first line; a reader may pass over them"),
    "header.host": _("which server is meant; required by HTTP/1.1"),
    "header.upgrade": _("the protocol to change to"),
    "header.upgrade-chosen": _("the protocol that is changed to"),
    "header.connection": _("Upgrade concerns this TCP connection only"),
    "header.connection-close": _("this TCP connection ends after the response"),
    "header.connection-other": _("what holds for this TCP connection only; Upgrade is not named"),
    "header.key": _("16 random bytes in Base64, new each time"),
    "header.version": _("the version of WebSocket; RFC 6455 is 13"),
    "header.versions-of-server": _("the versions that the server speaks"),
    "header.accept": _("proves that the server read the key"),
    "header.protocol": _("the application's language, by name"),
    "header.protocol-chosen": _("the one that was chosen, of those asked for"),
    "header.extensions": _("changes to the framing, if both agree"),
    "header.extensions-chosen": _("those that are used, of those offered"),
    "header.origin": _("which page's script asks; browsers set it themselves"),
    "header.cookie": _("sent by the browser unasked; covered here"),
    "header.authorization": _("a secret of the client; covered here"),
    "header.proxy-authorization": _("a secret for a proxy; covered here"),
    "header.set-cookie": _("a secret for the browser to keep; covered here"),
    "header.user-agent": _("which program asks; not part of WebSocket"),
    "header.accept-encoding": _("about HTTP bodies; not part of WebSocket"),
    "header.accept-language": _("the reader's languages; not part of WebSocket"),
    "header.cache-control": _("no cache may answer this; not part of WebSocket"),
    "header.pragma": _("Cache-Control, for very old caches"),
    "header.date": _("the server's clock; not part of WebSocket"),
    "header.server": _("which program answers; not part of WebSocket"),
    "header.content-length": _("how many bytes of body follow the empty line"),
    "header.transfer-encoding": _("how the body is written; chunked: in pieces, with their sizes"),
    "header.upgrade-list": _(
        "the protocols to change to; the RFC allows a list, and some servers refuse it"
    ),
    "header.content-type": _("how to read the body"),
    "header.allow": _("the methods that would be accepted"),
    "header.unknown": _("not part of WebSocket; ignored"),
    # recording/frame_fields: what a frame is.
    "opcode.continuation": _("continuation"),
    "opcode.text": _("text"),
    "opcode.binary": _("binary"),
    "opcode.close": _("close"),
    "opcode.ping": _("ping"),
    "opcode.pong": _("pong"),
    "opcode.reserved": _("reserved"),
    "opcode.reserved-number": _("reserved opcode {opcode:#x}"),
    "opcode.shown": _("{opcode:#x} {kind}"),
    "frame.title": _("{kind}: {shown}"),
    "frame.goes-on": _("{kind} (goes on)"),
    "close.no-code": _("no code"),
    "frame.sentence": _("A {kind} frame: {place}, {payload}, {masked}."),
    "frame.payload-size": ngettext("{count:,} byte of payload", "{count:,} bytes of payload"),
    "frame.compressed": _("{kind}, compressed"),
    "frame.inflated-size": ngettext(
        "{size} that inflate to {count:,} byte", "{size} that inflate to {count:,} bytes"
    ),
    "frame.is-message": _("a whole message"),
    "frame.is-fragment": _("a fragment; more follows"),
    "frame.is-last-fragment": _("the last fragment"),
    "frame.is-control": _("a control frame"),
    "frame.masked": _("masked"),
    "frame.not-masked": _("not masked"),
    "frame.unfinished": _("A frame that has not arrived whole: it ends in its {field}."),
    "frame.unfinished-payload": ngettext(
        "A frame that has not arrived whole: it ends in its {field}. "
        "It announces {count:,} byte of payload, and {came:,} came.",
        "A frame that has not arrived whole: it ends in its {field}. "
        "It announces {count:,} bytes of payload, and {came:,} came.",
    ),
    # recording/frame_fields: its fields.
    "field.first-byte": _("first byte"),
    "field.second-byte": _("second byte"),
    "field.payload-length": _("payload length"),
    "field.extended-length": _("extended payload length"),
    "field.masking-key": _("masking key"),
    "field.payload": _("payload"),
    "field.close-code": _("close code"),
    "meaning.first-byte": _("FIN, three reserved bits, and the opcode"),
    "meaning.fin": _("the message ends with this frame"),
    "meaning.no-fin": _("the message goes on"),
    "meaning.rsv": _("for extensions"),
    "meaning.opcode": _("the kind of frame"),
    "meaning.rsv1": _("this message is compressed (permessage-deflate)"),
    "meaning.second-byte": _("MASK, and the length, if it is 125 or less"),
    "meaning.mask": _("a masking key follows"),
    "meaning.no-mask": _("no masking key"),
    "meaning.length-itself": _("the length itself"),
    "meaning.length-follows": _("the length is in the next {following} bytes"),
    "length.see-next": _("{length}: see the next {following} bytes"),
    "meaning.extended-length": _("network byte order"),
    "meaning.masking-key": _("each payload byte is combined with one of these by XOR"),
    "meaning.masked-payload": _("shown unmasked here; the bytes are as they crossed the wire"),
    "meaning.payload": _("as it crossed the wire"),
    "meaning.compressed": _("unmasked, the compressed bytes are {shown}"),
    "meaning.compressed-lost": _("{written}; {why}"),
    "payload.inflated": ngettext(
        "compressed: {count:,} byte; inflated: {shown}",
        "compressed: {count:,} bytes; inflated: {shown}",
    ),
    "payload.not-read": _("(not read)"),
    # recording/inflating: what is wrong with compressed bytes.
    "inflate.damaged": _('The compressed bytes are damaged: zlib says "{reason}".'),
    "inflate.unfinished": _(
        "The compressed message ends too early, in the middle of what it says."
    ),
    "inflate.too-far": _(
        "The sender points back further than the {size:,} bytes of the window that was agreed on "
        "({bits} bits)."
    ),
    # recording/inflating: why a compressed message is not read, or not to its end.
    "inflate.is-damaged": _("the message is damaged"),
    "inflate.context-lost": _(
        "an earlier message of this side is damaged, and this one may point back into it"
    ),
    "inflate.too-long": _("the message inflates to more than {limit} bytes, the limit here"),
    "inflate.enough": _("the messages of this side inflate to more than is read here"),
    # recording/frame_checker: what is wrong with a frame where it comes.
    "frame.rsv1-on-control": _("RSV1 is set on a control frame, and those are never compressed."),
    "frame.rsv1-on-continuation": _(
        "RSV1 is set on a continuation; only the first frame says that a message is compressed."
    ),
    "frame.error": _("{sentence} Close code {code}."),
    "frame.after-error": _("An error came before: the reader has given up, and reads no further."),
    "frame.after-close": _("A Close frame came before: what follows it is not read."),
    "frame.too-early": _("Sent before the server's 101; a client must wait for it."),
    # recording/opening: the connections in a file.
    "open.socket": ngettext("{url}: {count:,} message", "{url}: {count:,} messages"),
    "open.one": ngettext("{count:,} byte of one connection", "{count:,} bytes of one connection"),
    "open.several": ngettext(
        "The file has {count:,} WebSocket connection; choose it by its number:\n{lines}",
        "The file has {count:,} WebSocket connections; choose one by its number, such as "
        "connection=1:\n{lines}",
    ),
    "open.several-in-dump": ngettext(
        "The dump has packets of {count:,} WebSocket connection: name its port.",
        "The dump has packets of {count:,} WebSocket connections: name the port of one.",
    ),
    "open.no-such-number": ngettext(
        "There is no connection {number}: the file has {count:,} WebSocket connection.",
        "There is no connection {number}: the file has {count:,} WebSocket connections.",
    ),
    # recording/opening, recording/names: files that hold nothing to open.
    "open.too-large": _(
        "The file has more than {limit:,} MiB and is no capture: cut out the part that matters."
    ),
    "open.damaged": _(
        "The file seems to be compressed with {kind} and is damaged or empty: copy it again."
    ),
    "open.zip": _(
        "The file seems to be a zip archive without a HAR in it: unpack it, and open what is "
        "inside."
    ),
    "open.unknown": _(
        "The file is no recording, capture, HAR or flow file, and no frame begins with its first "
        "bytes, {shown}: capture the traffic with Wireshark, or export a HAR in your browser."
    ),
    "open.text": _(
        'The file seems to be text, "{shown}", and no form of hex: open a capture, a HAR, a hex '
        "dump, or the text of a handshake."
    ),
    "open.blank": _("The file has nothing but spaces and line ends: save it again."),
    "open.kind-picture": _(
        "The file seems to be a picture or document ({kind}): copy the bytes as text, or export "
        "a HAR or a capture."
    ),
    "open.kind-media": _(
        "The file seems to be a sound, a video or a font ({kind}): export a HAR or a capture "
        "instead."
    ),
    "open.kind-archive": _(
        "The file seems to be an archive ({kind}): unpack it, and open what is inside."
    ),
    "open.kind-log": _(
        "The file seems to be a log ({kind}): it tells what happened, and has no bytes of the "
        "traffic. Capture the traffic, or export a HAR in your browser."
    ),
    "open.kind-data": _(
        "The file seems to hold data ({kind}) and no traffic: capture the traffic, or export a HAR "
        "in your browser."
    ),
    "open.kind-certificate": _(
        "The file seems to be a certificate or a key ({kind}), which does not decrypt the TLS of "
        "today: record the keys of the connection with SSLKEYLOGFILE, and open the capture."
    ),
    "open.of-java": _(
        "The file seems to be saved by a program in Java, Charles for example: export a HAR there, "
        "or capture the traffic."
    ),
    "open.pdml": _(
        "The file seems to be packets as XML (PDML of Wireshark): save the capture itself as "
        "pcapng."
    ),
    "open.error-message": _(
        "The text seems to be an error message: it tells what a program saw. Capture the traffic "
        "to see why."
    ),
    "open.address": _(
        "The text is an address, not a recording: connect to it, and capture what is sent."
    ),
    "open.command": _(
        "The text seems to be a command: run it while you capture, and open the capture."
    ),
    "open.source": _(
        "The text seems to be the source of a program: run it while you capture, and open the "
        "capture."
    ),
    "open.table": _(
        "The text seems to be a table (CSV): open the capture or the HAR that it was made from."
    ),
    "open.devtools-protocol": _(
        "The file seems to be messages of the DevTools protocol, which is not read here: export a "
        "HAR in the Network panel, or let Playwright record one."
    ),
    "open.netlog": _(
        "The file seems to be Chromium's net log, which has no messages of WebSockets: export a "
        "HAR in the Network panel."
    ),
    "open.browser-trace": _(
        "The file seems to be a performance trace of a browser: export a HAR in the Network panel."
    ),
    "open.charles": _(
        "The file seems to be a session of Charles as JSON: export a HAR there, or capture the "
        "traffic."
    ),
    "open.autobahn": _(
        "The file seems to be a report of the Autobahn test suite, which shortens long frames: "
        "copy the hex of one of its lines, or capture the run."
    ),
    "open.other-json": _(
        "The file seems to be JSON of {kind}, which holds no traffic: export a HAR in your "
        "browser, or capture the traffic."
    ),
    "open.zip-of": _(
        'The file seems to be a zip archive with "{name}" in it: unpack it, and open that file.'
    ),
    "open.fiddler": _(
        "The file seems to be an archive of Fiddler (saz): export the sessions as HAR there."
    ),
    "open.playwright-trace": _(
        "The file seems to be a trace of Playwright: let it record a HAR, with `record_har_path`."
    ),
    "open.program": _(
        "The file seems to be a program: capture what it sends, with Wireshark for example."
    ),
    "open.database": _(
        "The file seems to be an SQLite database: export the messages, or capture the traffic."
    ),
    "open.speaks-http2": _(
        "The bytes seem to be HTTP/2, which is not read here, nor is WebSocket inside of it "
        "(RFC 8441): let the client use HTTP/1.1, or export a HAR in the browser."
    ),
    "open.speaks-proxy": _(
        "The bytes begin with the line of a proxy (PROXY protocol), and not with a request: "
        "remove it, or capture on the other side of the proxy."
    ),
    "open.speaks-ssh": _("The bytes seem to be SSH: capture before the tunnel, or after it."),
    "open.speaks-client-hello": _(
        "The bytes seem to be a TLS ClientHello, so the connection is encrypted (wss): capture "
        "with SSLKEYLOGFILE and let Wireshark decrypt it, or export a HAR in the browser."
    ),
    "open.speaks-tls": _(
        "The bytes seem to be a record of TLS, so the connection is encrypted (wss): capture "
        "with SSLKEYLOGFILE and let Wireshark decrypt it, or export a HAR in the browser."
    ),
    "open.debug-log": _(
        "The file seems to be the debug log of the library websockets, which shortens long "
        "messages: capture the traffic instead."
    ),
    "open.dissected": _(
        "The file seems to be what tshark or Wireshark says about packets, without their bytes: "
        "save the capture itself as pcapng, or print it with `tshark -x`."
    ),
    "open.followed": _(
        "The file seems to be a stream as text, in which bytes that are no characters are lost: "
        "let tshark or Wireshark follow it as hex, raw or YAML."
    ),
    "open.html": _(
        "The file seems to be a web page: it may be an error page instead of the file that you "
        "wanted to download."
    ),
    "open.xml": _(
        "The file seems to be XML; if a proxy wrote it, export a HAR there, or capture the traffic."
    ),
    "open.notebook": _(
        "The file seems to be a Jupyter notebook: open it in Jupyter, or save the recording in it "
        'with `recording.save("talk.json")`.'
    ),
    "open.tshark-json": _(
        "The file seems to be JSON of tshark, in which fields of one name are lost when it is "
        "read: save the capture itself as pcapng."
    ),
    "open.log-without-entries": _(
        "The file seems to be a HAR whose list of entries is missing: export it again."
    ),
    "open.json": _(
        "The file is JSON, and neither a recording of this course nor a HAR; it begins with "
        "{shown}."
    ),
    # recording/rebuilt, har, flows: what such a file knows.
    "rebuilt.event": _("rebuilt from {source}"),
    "rebuilt.how": _(
        "Rebuilt from {source}, which keeps messages and not frames: each frame here is written "
        "anew. Masking keys (shown as 00 00 00 00), fragments, compression, sizes on the wire, "
        "Ping and Pong are not in the file."
    ),
    "rebuilt.no-times": _("The file has no times."),
    "rebuilt.some-times": _("Some messages have no time; they are in the order of the file."),
    "rebuilt.clock": _(
        "The times are those of a clock with an unknown start: only differences count."
    ),
    "rebuilt.no-handshake": _(
        "The opening handshake is not here, so the first byte is taken for the first of a frame."
    ),
    "har.no-websocket": ngettext(
        "The HAR has {count:,} entry and no WebSocket: open the Network panel before the page "
        "connects, and export again; some programs never export WebSockets.",
        "The HAR has {count:,} entries and no WebSocket: open the Network panel before the page "
        "connects, and export again; some programs never export WebSockets.",
    ),
    "har.no-file": _(
        'The messages are in another file, "{name}", which is not here: put it beside the HAR.'
    ),
    "har.firefox": _(
        "Firefox exports no messages: only the handshake is here. Its Network panel shows them."
    ),
    "har.no-messages": _("The HAR has no list of messages: only the handshake is here."),
    "har.playwright": _("Playwright leaves out empty messages, and Blobs that were sent."),
    "har.blob": _("Chromium does not export the data of a Blob that was sent: it is empty here."),
    "har.http2": _(
        "The WebSocket ran over HTTP/2 (RFC 8441), where status 200 means what 101 means: its "
        "handshake is not shown, and its frames are written as they would be over HTTP/1.1."
    ),
    "har.no-response": _("The HAR has no response: the handshake failed."),
    "har.not-base64": ngettext(
        "{count:,} binary message is not Base64 and is shown as the text that it has.",
        "{count:,} binary messages are not Base64 and are shown as the text that they have.",
    ),
    "har.error": _('The program that wrote the file says: "{sentence}".'),
    "har.aborted": _("The program that wrote the file says that the connection was aborted."),
    "har.close": _(
        'The file says that the connection was closed with code {code} and reason "{reason}", and '
        "not by which side."
    ),
    "flows.damaged": _(
        "The flow file is damaged or cut at offset {offset:,}: mitmproxy may still be writing it."
    ),
    "flows.no-websocket": ngettext(
        "The file seems to be of mitmproxy: it has {count:,} flow and no WebSocket; mitmproxy "
        "writes a WebSocket when it has ended.",
        "The file seems to be of mitmproxy: it has {count:,} flows and no WebSocket; mitmproxy "
        "writes a WebSocket when it has ended.",
    ),
    "flows.message-dropped": ngettext(
        "mitmproxy dropped {count:,} message: the other side did not get it.",
        "mitmproxy dropped {count:,} messages: the other side did not get them.",
    ),
    "flows.message-injected": ngettext(
        "mitmproxy added {count:,} message of its own.",
        "mitmproxy added {count:,} messages of its own.",
    ),
    "flows.message-unreadable": ngettext(
        "{count:,} message has a form that is not known here, and is left out.",
        "{count:,} messages have a form that is not known here, and are left out.",
    ),
    "flows.still-open": _("mitmproxy saw no end of the connection."),
    "flows.no-close": _("mitmproxy says that the connection ended with code {code}."),
    # recording/hexdump, hextext, streams: bytes written as text.
    "hex.swapped": _(
        "The dump shows words, with their bytes swapped: they are put back into their order here."
    ),
    "hex.does-not-count": _(
        'The text seems to be a hex dump whose numbers do not count up by its bytes, at "{line}": '
        "copy it again, as a whole."
    ),
    "hex.maybe-swapped": _(
        'The bytes seem to be swapped in words, "{word}": print them with `xxd` or `hexdump -C`, '
        "which do not swap."
    ),
    "hex.more": ngettext(
        "The program that printed the bytes left out {count:,} more.",
        "The program that printed the bytes left out {count:,} more at the end.",
    ),
    "hex.base64": _("The text is read as Base64."),
    "text.line-ends": _(
        "Carriage returns are lost when text is copied; they are put back, and what the real line "
        "ends were is not known."
    ),
    "text.no-request": _(
        "The request is not here, so nothing can be said about what the response answers."
    ),
    "text.gap": ngettext(
        "The {side} sent {count:,} byte that was not captured; what came after it is left out.",
        "The {side} sent {count:,} bytes that were not captured; what came after them is left out.",
    ),
    "text.side-client": _(
        "Nothing says who sent these bytes; the first frame is masked, as those of a client are."
    ),
    "text.side-server": _(
        "Nothing says who sent these bytes; the first frame is not masked, as those of a server "
        "are."
    ),
    # recording/packets: what a file is that is no capture.
    "capture.is-compressed": _(
        "The file seems to be compressed with {kind}: unpack it, and open what is inside."
    ),
    "capture.is-damaged-gzip": _(
        "The file seems to be compressed with gzip and is damaged at its beginning: copy it again."
    ),
    "capture.is-other-capture": _(
        "The file seems to be a capture in the format of {kind}: convert it, with "
        "`editcap -F pcapng FILE NEW.pcapng`, and open the new file."
    ),
    "capture.is-key-log": _(
        "The file seems to hold the keys of TLS connections (a key log): "
        "open the capture that they belong to."
    ),
    "capture.is-empty": _(
        "The file is empty: if a program is still capturing into it, stop that program first."
    ),
    "capture.is-cut": ngettext(
        "The file begins like a pcap file and ends after {count} byte, in its header: copy it "
        "again, as a whole.",
        "The file begins like a pcap file and ends after {count} bytes, in its header: copy it "
        "again, as a whole.",
    ),
    "capture.is-text": _(
        'The file seems to be text, "{shown}": open a capture, which Wireshark saves as pcapng.'
    ),
    "capture.is-unknown": _(
        "The file is neither pcap nor pcapng, its first bytes are {shown}: if Wireshark opens it, "
        "save it there as pcapng."
    ),
    # recording/packets: what is wrong with a file that is a capture.
    "capture.cut": _(
        "The file ends in the middle of a packet, at offset {offset:,}: "
        "all packets before that one are read."
    ),
    "capture.damaged": _(
        "The file is damaged at offset {offset:,}: all packets before that place are read."
    ),
    "capture.gzip-cut": _("The compressed file is cut: all packets before that place are read."),
    "capture.gzip-damaged": _(
        "The compressed file is damaged: all packets before that place are read."
    ),
    "capture.gzip-large": _(
        "The compressed file is large: only its first {limit:,} MiB, unpacked, are read."
    ),
    "capture.unreadable-blocks": ngettext(
        "{count:,} block of the file makes no sense and is passed over.",
        "{count:,} blocks of the file make no sense and are passed over.",
    ),
    # recording/captures: what is missing.
    "capture.lost": ngettext(
        "The capturing program says that it lost {count:,} packet; a larger buffer helps, as in "
        "`dumpcap -B 64`.",
        "The capturing program says that it lost {count:,} packets; a larger buffer helps, as in "
        "`dumpcap -B 64`.",
    ),
    "capture.fragments": ngettext(
        "{count:,} packet is a fragment of an IP packet; fragments are not put together here.",
        "{count:,} packets are fragments of IP packets; fragments are not put together here.",
    ),
    "capture.short": ngettext(
        "{count:,} packet has no header of IP or TCP that can be read: it may have been cut.",
        "{count:,} packets have no header of IP or TCP that can be read: they may have been cut.",
    ),
    "capture.no-handshake": _("The opening handshake is not in the capture."),
    "capture.exported": _(
        "Wireshark has decrypted and exported these bytes, without the numbers of TCP: "
        "if some are missing, nothing tells of it."
    ),
    "capture.cut-packets": ngettext(
        "{count:,} packet was captured in part: capture with a larger snapshot length.",
        "{count:,} packets were captured in part: capture with a larger snapshot length.",
    ),
    "capture.side-client": _("client"),
    "capture.side-server": _("server"),
    "capture.gap": ngettext(
        "The {side} sent {count:,} byte that is not in the capture, after {offset:,} that are.",
        "The {side} sent {count:,} bytes that are not in the capture, after {offset:,} that are.",
    ),
    "capture.after-gap": ngettext(
        "{count:,} byte of the {side} came after that gap and is left out.",
        "{count:,} bytes of the {side} came after that gap and are left out.",
    ),
    "capture.odd": ngettext(
        "{count:,} segment of the {side} has a number that does not fit and is left out: "
        "another connection may have used the same ports.",
        "{count:,} segments of the {side} have numbers that do not fit and are left out: "
        "another connection may have used the same ports.",
    ),
    # recording/captures: a line for each connection.
    "capture.connection": _("{client} to {server}: {sent:,} bytes, {back:,} back; {kind}"),
    "capture.kind-websocket": _("WebSocket, with its opening handshake"),
    "capture.kind-http": _("HTTP, no opening handshake"),
    "capture.kind-http2": _("HTTP/2"),
    "capture.kind-tls": _("TLS"),
    "capture.kind-empty": _("no data"),
    "capture.kind-other": _("no opening handshake"),
    # recording/captures: why there is nothing to open.
    "capture.no-packets": _("The capture has no packets: capture again while the traffic flows."),
    "capture.no-whole-packet": _(
        "The file is a capture, and is cut or damaged before its first packet: copy it again."
    ),
    "capture.no-such-link": _(
        "The packets are of link type {link}, which is not read here: capture on Ethernet, "
        "Wi-Fi without monitor mode, or loopback."
    ),
    "capture.no-tcp": ngettext(
        "The capture has no TCP: it has {count:,} packet, {udp:,} of them UDP. WebSocket runs "
        "over TCP; if this is a tunnel or a VPN, capture inside of it.",
        "The capture has no TCP: it has {count:,} packets, {udp:,} of them UDP. WebSocket runs "
        "over TCP; if this is a tunnel or a VPN, capture inside of it.",
    ),
    "capture.no-such-port": _(
        "No connection in the capture has port {port}; the servers' ports seem to be {ports}."
    ),
    "capture.only-cut": _(
        "The packets were captured in part, and no opening handshake of WebSocket is there as a "
        "whole: capture again without a snapshot length, or with `-s 0`."
    ),
    "capture.only-tls": _(
        "The traffic is encrypted (TLS): get the keys from the client, with SSLKEYLOGFILE, put "
        "them in with `editcap --inject-secrets tls,KEYS FILE NEW`, and let Wireshark export what "
        'it decrypts: `tshark -r NEW -U "OSI layer 7" -w PLAIN.pcapng`.'
    ),
    "capture.only-tls-with-keys": _(
        "The traffic is encrypted (TLS), and the file has keys: let Wireshark export what it "
        'decrypts, `tshark -r FILE -U "OSI layer 7" -w PLAIN.pcapng`, and open that file.'
    ),
    "capture.only-http2": _(
        "The traffic is HTTP/2, which is not read here, nor is WebSocket inside of it (RFC 8441): "
        "let the client use HTTP/1.1."
    ),
    "capture.no-websocket": ngettext(
        "The capture has {count:,} TCP connection, and no opening handshake of WebSocket; if it "
        "begins later than the connection, name the server's port, such as port={port}.",
        "The capture has {count:,} TCP connections, and no opening handshake of WebSocket; if it "
        "begins later than the connection, name the server's port, such as port={port}.",
    ),
    # recording/inside: what the messages are.
    "inside.agreed": _("The messages are {what}: the server chose the subprotocol {name}."),
    "inside.seen": _("The messages are {what}: so says the beginning of the {side}'s message."),
    "inside.of-engine-io": _("packets of Engine.IO"),
    "inside.of-socket-io": _("packets of Socket.IO, inside of Engine.IO"),
    "inside.of-graphql-transport-ws": _(
        "operations of GraphQL, in the protocol graphql-transport-ws"
    ),
    "inside.of-graphql-ws": _(
        "operations of GraphQL, in the older protocol of the library subscriptions-transport-ws"
    ),
    "inside.of-jupyter": _("messages of a Jupyter kernel"),
    "inside.of-stomp": _("frames of STOMP"),
    "inside.of-mqtt": _("packets of MQTT"),
    # recording/doctor: the likeliest cause, what it did, and what to do.
    "doctor.nothing": _("Nothing in this recording points to a cause of trouble."),
    "doctor.evidence": _("the {side}'s bytes {start:,} to {last:,}: {shown}"),
    "doctor.evidence-masked": _(
        "the {side}'s bytes {start:,} to {last:,}: {shown}; unmasked: {meant}"
    ),
    "doctor.it-says": _('The response says: "{text}".'),
    "doctor.closed-with": _("The {side} closed with {code} because of it."),
    # recording/doctor/strangers
    "doctor.encrypted": _(
        "The connection is encrypted (TLS), as wss:// is, so nothing in it can be read: capture it "
        "with SSLKEYLOGFILE and let Wireshark decrypt it, or export a HAR in the browser."
    ),
    "doctor.tls-to-plain": _(
        "The client speaks TLS to a server that expects plain text: the address says wss:// where "
        "ws:// is right, or the port is the wrong one."
    ),
    "doctor.plain-to-tls": _(
        "The client speaks plain text to a server that expects TLS: the address says ws:// where "
        "wss:// is right, or the port is the wrong one."
    ),
    "doctor.http2": _(
        "The client begins with HTTP/2, and a handshake of HTTP/1.1 is expected: let the client "
        "use HTTP/1.1, or a server that speaks RFC 8441."
    ),
    "doctor.proxy-line": _(
        "Before the request comes a line of the PROXY protocol, which a load balancer writes: tell "
        "the server to expect it, or the load balancer to leave it out."
    ),
    "doctor.hixie-76": _(
        "The client speaks the draft of 2010 (Hixie-76), with two keys and 8 bytes after the "
        "head: use a client that knows RFC 6455."
    ),
    "doctor.other-protocol": _(
        "The client speaks {name} on a bare TCP connection: do the WebSocket handshake first, and "
        "let {name} travel inside of messages; or connect to the port that speaks it without "
        "WebSocket."
    ),
    "doctor.frame-first": _(
        "The client sent a frame before any handshake: the server reads it as the beginning of an "
        "HTTP request, and waits for the rest of it."
    ),
    "doctor.text-first": _(
        "The client sent text over a bare TCP connection: a WebSocket begins with an HTTP request, "
        "and after it every message travels in a frame."
    ),
    "doctor.other-service": _(
        "The server does not speak HTTP, it says {shown}: another service listens on this port."
    ),
    "doctor.tcp-echo": _(
        "The server sends the request back as it came: it echoes bytes, and knows neither HTTP nor "
        "WebSocket."
    ),
    "doctor.server-sent-events": _(
        "The response is a stream of Server-Sent Events (text/event-stream), which is not "
        "WebSocket: read it with EventSource, or connect to the WebSocket's own path."
    ),
    "doctor.long-polling": _(
        "This is Engine.IO over plain HTTP (long polling), with which Socket.IO begins: use a "
        "client of Socket.IO, which changes to WebSocket by itself."
    ),
    "doctor.body-after-101": _(
        "The 101 announces a body, and the client reads that body as frames: a 101 has none, the "
        "first byte after its empty line belongs to a frame."
    ),
    "doctor.second-handshake": _(
        "The client sent a second handshake on a connection that is already open: the server reads "
        "it as a frame. Open a new TCP connection for it."
    ),
    "doctor.http-after-101": _(
        "After the 101 the server sent HTTP or HTML: its web server still answers on this "
        "connection, where only frames may come."
    ),
    "doctor.text-after-101": _(
        "The {side} sent text without a frame around it: after the handshake, put two to fourteen "
        "bytes of header before every payload."
    ),
    # recording/doctor/requests
    "doctor.request-not-ended": _(
        "The request never ends: the empty line (CR LF CR LF) is missing, so the server waits for "
        "more header lines."
    ),
    "doctor.request-lf": _(
        "The request's lines end with LF alone: HTTP ends every line with CR LF, and this server "
        "insists on it."
    ),
    "doctor.request-malformed": _("The request is not well-formed HTTP. {problem}"),
    "doctor.proxy-dropped-upgrade": _(
        "The request has a key, but neither Upgrade nor Connection: Upgrade. A proxy takes these "
        "two away unless it is told to pass them on; in nginx the two lines are `proxy_set_header "
        'Upgrade $http_upgrade;` and `proxy_set_header Connection "upgrade";`.'
    ),
    "doctor.upgrade-missing": _(
        'The request does not ask for a WebSocket: the line "Upgrade: websocket" is missing or '
        "names something else."
    ),
    "doctor.connection-missing": _(
        'The request has Upgrade, but no "Connection: Upgrade": without it, Upgrade counts for '
        "nothing."
    ),
    "doctor.request-method": _("The request's method is {method}: the handshake is a GET."),
    "doctor.request-http-1-0": _(
        "The request is HTTP/1.0, which has no Upgrade: a client or a proxy on the way has to use "
        "HTTP/1.1."
    ),
    "doctor.host-missing": _("The request has no Host header, which HTTP/1.1 requires."),
    "doctor.key-missing": _(
        "The request has no Sec-WebSocket-Key: send 16 random bytes in Base64."
    ),
    "doctor.key-twice": _("The request has more than one Sec-WebSocket-Key: send it once."),
    "doctor.key-not-base64": _(
        "The Sec-WebSocket-Key is not Base64: encode 16 random bytes, with the padding (24 "
        "characters, the last two are ==)."
    ),
    "doctor.key-in-hex": _(
        "The Sec-WebSocket-Key is written in hexadecimal: encode the 16 bytes in Base64 instead."
    ),
    "doctor.key-length": ngettext(
        "The Sec-WebSocket-Key decodes to {count} byte: it must be Base64 of 16 bytes.",
        "The Sec-WebSocket-Key decodes to {count} bytes: it must be Base64 of 16 bytes.",
    ),
    "doctor.version-missing": _("The request has no Sec-WebSocket-Version: send the line with 13."),
    "doctor.version-wrong": _(
        "The request asks for version {version} of WebSocket: the only one in use is 13."
    ),
    "doctor.request-body": _(
        "The request announces a body, and a handshake has none: leave out Content-Length."
    ),
    "doctor.target-fragment": _(
        "The target has a fragment (#): cut it off, it never leaves the client."
    ),
    "doctor.subprotocol-twice": _(
        "The request asks for the subprotocol {name} twice: name each one once."
    ),
    # recording/doctor/refusals
    "doctor.plain-request": _(
        "An ordinary HTTP request came to a server that speaks WebSocket: open the address with a "
        "WebSocket client, not with a browser's address line or a plain HTTP client."
    ),
    "doctor.socket-io-refuses": _(
        "This is a server of Socket.IO, which refuses a plain WebSocket client with {told}. Use a "
        "client of Socket.IO, or ask for /socket.io/?EIO=4&transport=websocket."
    ),
    "doctor.upgrade-did-not-arrive": _(
        "The client asked for an upgrade, and the server answers {status} as if it had not: "
        "a proxy between them dropped Upgrade and Connection. In nginx the two lines are missing: "
        '`proxy_set_header Upgrade $http_upgrade;` and `proxy_set_header Connection "upgrade";`.'
    ),
    "doctor.proxy-http-1-0": _(
        "The client asked with HTTP/1.1, and the server saw HTTP/1.0: a proxy between them changes "
        "the version. In nginx the line is `proxy_http_version 1.1;`."
    ),
    "doctor.cached-response": _(
        "A cache on the way answered with a response that it kept: no cache may answer a "
        "handshake, so let this path pass."
    ),
    "doctor.origin-refused": _(
        "The server refuses the origin {origin}: it lets only certain pages connect. Add this one "
        "to its list, or open the page from the right address."
    ),
    "doctor.status-200": _(
        "The server answered {target} with 200, as if it were a page: nothing at this path speaks "
        "WebSocket."
    ),
    "doctor.status-301": _(
        "{target} has moved for good, and browsers do not follow with a WebSocket: use the new "
        "address, often with wss or with a slash at its end."
    ),
    "doctor.status-302": _(
        "{target} leads elsewhere, often to a login page, and browsers do not follow with a "
        "WebSocket: log in first, or use the new address."
    ),
    "doctor.status-400": _(
        "The server takes the request for {target} for a bad one: look for a proxy that changes "
        "it, and for what this server asks for in addition."
    ),
    "doctor.status-401": _(
        "The server wants to know who asks for {target}: send the credentials with the handshake; "
        "a script in a page can do so with a cookie, the address or the first message only."
    ),
    "doctor.status-403": _(
        "The server forbids {target} to this client: check the login, the token, the origin, and "
        "the path, for some servers say 403 where nothing speaks WebSocket."
    ),
    "doctor.status-404": _("The server knows no {target}: check the path of the address."),
    "doctor.status-405": _(
        "The server does not allow GET for {target}: the handshake is a GET, so this path is not "
        "that of a WebSocket."
    ),
    "doctor.status-407": _(
        "A proxy on the way to {target} wants to know who asks: give it its own credentials."
    ),
    "doctor.status-426": _(
        "The server wants another version or protocol for {target} than the client asked for."
    ),
    "doctor.status-429": _("The server has had too many requests for {target}: wait, then retry."),
    "doctor.status-500": _(
        "The server's own code failed while it answered {target}: look into its log."
    ),
    "doctor.status-502": _(
        "A proxy could not get a usable response to {target}: the server after it is down, or "
        "listens on another port."
    ),
    "doctor.status-503": _(
        "The server cannot take {target} now: it is starting, overloaded or being repaired."
    ),
    "doctor.status-504": _(
        "A proxy waited in vain for a response to {target}: the server after it does not answer."
    ),
    "doctor.refused": _("The server refused with {status}: only 101 opens a WebSocket."),
    "doctor.no-response": _(
        "The request is complete, and in {seconds} seconds no response came: the server accepts "
        "connections and does not answer."
    ),
    "doctor.closed-without-response": _(
        "The server ended the connection without any response: it refused the request, it "
        "failed, or it speaks another protocol, such as TLS."
    ),
    # recording/doctor/responses
    "doctor.accept-ends-the-head": _(
        "The server's Base64 has a line end of its own, so the empty line comes right after "
        "Sec-WebSocket-Accept, and the header lines after it are read as frames."
    ),
    "doctor.response-not-ended": _(
        "The 101 never ends: its empty line (CR LF CR LF) is missing, so the client takes what "
        "follows for header lines."
    ),
    "doctor.response-lf": _(
        "The response's lines end with LF alone: HTTP ends every line with CR LF."
    ),
    "doctor.response-http-1-0": _(
        "The response says HTTP/1.0, which has no 101: answer with HTTP/1.1."
    ),
    "doctor.response-no-upgrade": _(
        'The 101 has no "Upgrade: websocket", so the client does not know what was changed to.'
    ),
    "doctor.response-wrong-upgrade": _(
        "The 101 must say Upgrade: websocket, and nothing else beside it."
    ),
    "doctor.response-no-connection": _('The 101 has no "Connection: Upgrade".'),
    "doctor.accept-missing": _(
        "The 101 has no Sec-WebSocket-Accept: the client cannot know that the server understood."
    ),
    "doctor.accept-is-the-key": _(
        "The server sent the key back as it came: hash it together with the GUID."
    ),
    "doctor.accept-copied": _(
        "The server sent the Accept of the example in the RFC, and this client has another key: "
        "compute it anew for every request."
    ),
    "doctor.unknown-accept": _(
        "The Accept belongs to another key, or to an unknown mistake: here it must be {wanted}."
    ),
    "doctor.accept-key-cr": _(
        "The server hashed the key with its CR: this Accept is the one for key + CR. Strip the "
        "value of the header."
    ),
    "doctor.accept-key-lf": _(
        "The server hashed the key with an LF: this Accept is the one for key + LF. Strip the "
        "value of the header."
    ),
    "doctor.accept-key-crlf": _(
        "The server hashed the key with its line end: this Accept is the one for key + CR LF. "
        "Strip the value of the header."
    ),
    "doctor.accept-key-space": _(
        "The server hashed the space before the key too. Strip the value of the header."
    ),
    "doctor.accept-key-nul": _(
        "The server hashed the byte 0 after the key too: that ends a string in C, and is not part "
        "of it."
    ),
    "doctor.accept-key-decoded": _(
        "The server hashed the decoded key. Hash the Base64 text as it was sent."
    ),
    "doctor.accept-key-lower": _(
        "The server hashed the key in lower case: only the names of headers have no case."
    ),
    "doctor.accept-key-no-padding": _("The server hashed the key without its == at the end."),
    "doctor.accept-key-quoted": _("The server hashed the key in quotes."),
    "doctor.accept-key-line": _("The server hashed the whole header line, with the name."),
    "doctor.accept-key-empty": _(
        "The server hashed the GUID alone: it did not find the key, perhaps because it looks for "
        "the header in another case."
    ),
    "doctor.accept-guid-none": _("The server left out the GUID: hash the key and the GUID."),
    "doctor.accept-guid-first": _("The server put the GUID before the key: the key comes first."),
    "doctor.accept-guid-lower": _("The server wrote the GUID in lower case: use capitals."),
    "doctor.accept-guid-no-dashes": _("The server left out the dashes of the GUID."),
    "doctor.accept-guid-line-end": _("The server hashed a line end after the GUID."),
    "doctor.accept-guid-nul": _(
        "The server hashed the byte 0 after the GUID too: that ends a string in C, and is not part "
        "of it."
    ),
    "doctor.accept-guid-space": _("The server put a space between the key and the GUID."),
    "doctor.accept-guid-letter": _(
        "The server's GUID has one wrong letter: it is 258EAFA5-E914-47DA-95CA-C5AB0DC85B11."
    ),
    "doctor.accept-hash-sha256": _("The server used SHA-256: the handshake uses SHA-1."),
    "doctor.accept-hash-sha512": _("The server used SHA-512: the handshake uses SHA-1."),
    "doctor.accept-hash-md5": _("The server used MD5: the handshake uses SHA-1."),
    "doctor.accept-hash-none": _("The server encoded the key and the GUID without hashing them."),
    "doctor.accept-text-hex": _(
        "The server wrote the digest in hexadecimal: encode its 20 bytes in Base64."
    ),
    "doctor.accept-text-hex-upper": _(
        "The server wrote the digest in hexadecimal, in capitals: encode its 20 bytes in Base64."
    ),
    "doctor.accept-text-base64-of-hex": _(
        "The server encoded the hexadecimal digits in Base64: encode the 20 bytes of the digest."
    ),
    "doctor.accept-text-url-safe": _(
        "The server used the URL-safe Base64, with - and _: use the ordinary one, with + and /."
    ),
    "doctor.accept-text-no-padding": _("The server left out the = at the end of the Base64."),
    "doctor.accept-text-repr": _(
        "The server wrote Python's b'...' into the header: decode the Base64 to a string first."
    ),
    "doctor.extension-not-offered": _(
        "The server uses the extension {name}, and the client did not offer it."
    ),
    "doctor.extension-parameters": _(
        "The server agreed to compression in a way that does not fit the offer. {problem}"
    ),
    "doctor.subprotocol-list": _(
        "The server answered with a list of subprotocols: it has to choose one, or none."
    ),
    "doctor.subprotocol-not-asked": _(
        "The server chose the subprotocol {name}, and the client did not ask for it."
    ),
    "doctor.subprotocol-not-answered": _(
        "The client asked for a subprotocol, the server chose none, and the client left at once, "
        "as browsers do: let the server choose one of them, or ask for none."
    ),
    # recording/doctor/lengths
    "doctor.length-little-endian": _(
        "The {side}'s length is little-endian: 0x{written} is {read} in network byte order, and "
        "{meant} was meant. Write the most significant byte first."
    ),
    "doctor.length-126": _(
        "The {side} wrote the length {count} into the seven bits, where it announces a longer "
        "form: from 126 on, write 126 there and the length into the next two bytes."
    ),
    "doctor.length-of-four-bytes": _(
        "The {side} wrote 127 and then the length {meant} in four bytes: after 127 come eight."
    ),
    "doctor.length-not-minimal": _(
        "The {side} wrote the length {length} in {form} bits, and {enough} are enough: always use "
        "the shortest form."
    ),
    "doctor.mask-bit-without-key": _(
        "The {side} set the MASK bit and wrote no key, so the reader takes the first four bytes of "
        "the payload for it. The length is in the lower seven bits only."
    ),
    "doctor.length-counts-header": _(
        "The {side}'s length {length} counts the frame header as well: the payload has {count} "
        "bytes."
    ),
    "doctor.length-counts-key": _(
        "The {side}'s length {length} counts the masking key as well: the payload has {count} "
        "bytes."
    ),
    "doctor.length-counts-characters": _(
        "The {side}'s length {length} counts characters, and the text has {count} bytes: encode "
        "the string first, and count the bytes."
    ),
    "doctor.length-wrapped": _(
        "The {side}'s payload has {count} bytes and its length was cut to 16 bits, {length}: from "
        "65,536 on, write 127 and the length into the next eight bytes."
    ),
    "doctor.length-too-short": _(
        "The {side}'s length {length} is too small: no frame begins after that payload."
    ),
    "doctor.frame-cut": _(
        "The {side} announced {length} bytes, sent {came}, and ended the connection in the middle "
        "of the frame: either the length is too large, or the program died."
    ),
    # recording/doctor/frames
    "doctor.frame-before-101": _(
        "The client sent a frame before it had the 101: wait for the response, it may be a refusal."
    ),
    "doctor.echo-still-masked": _(
        "The server sent the client's payload back as it crossed the wire: it did not unmask it. "
        "Combine each byte with the key by XOR first."
    ),
    "doctor.masked-not": _(
        "The client sent a masking key and did not mask the payload with it: the bytes on the wire "
        "can be read as they are."
    ),
    "doctor.masked-rotated": _(
        "The client masked with the right key and began with its second byte: byte i goes with "
        "key byte i modulo 4, from 0 on."
    ),
    "doctor.masked-reversed": _(
        "The client masked with the four key bytes in reverse order, as if they were a "
        "little-endian number."
    ),
    "doctor.masked-first": _(
        "The client masked the whole payload with the first byte of the key: the four bytes take "
        "turns."
    ),
    "doctor.masked-four": _(
        "The client masked only the first four bytes: after the fourth the key begins again."
    ),
    "doctor.client-unmasked": _(
        "The client did not mask its frame: it has to set the MASK bit, send four random key "
        "bytes, and combine the payload with them by XOR. Servers close with 1002 otherwise."
    ),
    "doctor.server-masked": _(
        "The server masked its frame: only clients mask, and a client closes the connection "
        "otherwise."
    ),
    "doctor.deflate-not-agreed": _(
        "The {side} compressed a message (RSV1), and permessage-deflate was not agreed on in the "
        "handshake."
    ),
    "doctor.reserved-bit": _(
        "The {side} set {bits}, and no extension that uses it was agreed on: send 0."
    ),
    "doctor.rsv1-on-control": _(
        "The {side} set RSV1 on a control frame: only messages are compressed."
    ),
    "doctor.rsv1-on-continuation": _(
        "The {side} set RSV1 on a continuation: only the first frame of a compressed message has "
        "it."
    ),
    "doctor.reserved-opcode": _(
        "The {side} used opcode {opcode:#x}, which means nothing: 0, 1, 2, 8, 9 and 10 do. Either "
        "it was written wrongly, or the frame before had a wrong length."
    ),
    "doctor.control-fragment": _(
        "The {side} sent a {kind} frame without FIN: control frames are always whole."
    ),
    "doctor.control-too-long": _(
        "The {side} sent a {kind} frame with {length} bytes: control frames have 125 at most."
    ),
    "doctor.continuation-first": _(
        "The {side} used opcode 0 (continuation) for the first frame of a message: the first frame "
        "says text (1) or binary (2)."
    ),
    "doctor.fin-too-early": _(
        "The {side} set FIN on a fragment that was not the last one, so the next fragment belongs "
        "to no message."
    ),
    "doctor.first-fragment-has-fin": _(
        "The {side} set FIN on the first fragment, which ends the message; the continuation after "
        "it belongs to none. FIN is 1 on the last fragment only."
    ),
    "doctor.opcode-repeated": _(
        "The {side} wrote the opcode of the message ({kind}) on each fragment: from the second "
        "fragment on it is 0."
    ),
    "doctor.message-in-message": _(
        "The {side} began a message in the middle of another one: finish the fragments of the "
        "first, perhaps two tasks send at once."
    ),
    "doctor.data-after-close": _(
        "The {side} sent a {kind} frame after its own Close: a Close is the last frame of a side."
    ),
    # recording/doctor/payloads
    "doctor.binary-as-text": _(
        "The {side} sent binary data ({kind}) with opcode 1, text: use opcode 2."
    ),
    "doctor.rsv1-missing": _(
        "The {side} compressed a text and did not set RSV1: the compressed bytes are not UTF-8."
    ),
    "doctor.utf-16": _(
        "The {side} sent text in UTF-16, two bytes for each letter: text frames are UTF-8."
    ),
    "doctor.character-cut": _(
        "The {side}'s text ends in the middle of a character: it was cut by bytes. Cut by "
        "characters, or send the rest in a continuation."
    ),
    "doctor.latin-1": _(
        'The {side}\'s text is encoded in Latin-1 or cp1252, in which {byte:#04x} is "{letter}": '
        "text frames are UTF-8."
    ),
    "doctor.not-utf8": _("The {side} sent text that is not UTF-8. {problem}"),
    "doctor.deflate-zlib-header": _(
        "The {side}'s compressed message begins with the header of zlib: permessage-deflate wants "
        "the bare deflate stream, in Python `zlib.compressobj(wbits=-15)`."
    ),
    "doctor.deflate-gzip-header": _(
        "The {side}'s compressed message begins with the header of gzip: permessage-deflate wants "
        "the bare deflate stream, in Python `zlib.compressobj(wbits=-15)`."
    ),
    "doctor.rsv1-on-plain": _(
        "The {side} set RSV1 on a message that is not compressed: the bytes can be read as they "
        "are."
    ),
    "doctor.context-taken-over": _(
        "The {side} promised to forget its context after each message (no_context_takeover), and "
        "points back into an earlier one: begin a new compressor for every message."
    ),
    "doctor.window-too-large": _(
        "The {side} compresses with a larger window than was agreed on: {size:,} bytes ({bits} "
        "bits)."
    ),
    "doctor.deflate-damaged": _("The {side}'s compressed message is damaged. {problem}"),
    "doctor.close-code-never-sent": _(
        "The {side} sent a Close with code {code}: that code is what a program reports when no "
        "Close came, and it never travels."
    ),
    "doctor.close-code-as-text": _(
        'The {side} wrote the close code as text, "{text}": it is a number in two bytes, 03 e8 '
        "for 1000."
    ),
    "doctor.close-without-code": _(
        "The {side}'s Close begins with its reason: the code comes first, in two bytes."
    ),
    "doctor.close-code-little-endian": _(
        "The {side}'s close code is little-endian: it reads as {code}, and {meant} was meant."
    ),
    "doctor.close-code-reserved": _(
        "The {side} sent a Close with code {code}: applications may use 1000 and 3000 to 4999."
    ),
    "doctor.close-one-byte": _(
        "The {side}'s Close has a body of one byte: leave the body empty, or begin it with a code "
        "of two bytes."
    ),
    "doctor.close-reason-not-utf8": _("The {side}'s close reason is not UTF-8."),
    # recording/doctor/endings
    "doctor.server-failed": _(
        "The server's own code failed: {note}. It closed with 1011, or ended TCP."
    ),
    "doctor.handler-failed": _(
        "The server closed with 1011 right after this message: its own code failed while it "
        "handled the message. Look into the server's log for the exception."
    ),
    "doctor.too-big": ngettext(
        "The {side} sent a message of {count:,} byte, and the {other} closed with 1009: it takes "
        "less. Send smaller messages, or raise its limit (max_size).",
        "The {side} sent a message of {count:,} bytes, and the {other} closed with 1009: it takes "
        "less. Send smaller messages, or raise its limit (max_size).",
    ),
    "doctor.ping-unanswered": _(
        "The {side} did not answer a Ping, and the {other} gave up: its program was busy or did "
        "not read, or the network was down."
    ),
    "doctor.pong-wrong": _(
        "The {side} answered a Ping with another payload, and the {other} did not count it: a Pong "
        "repeats the Ping's payload."
    ),
    "doctor.close-unanswered": _(
        "The {side} never answered the Close, and the {other} ended TCP after {seconds} seconds: "
        "answer a Close with a Close."
    ),
    "doctor.close-answered-by-fin": _(
        "The {side} answered the Close by ending TCP: send a Close first, or the other side "
        "records 1006."
    ),
    "doctor.close-answered-by-rst": _(
        "The {side} answered the Close by resetting TCP: send a Close first, or the other side "
        "records 1006."
    ),
    "doctor.network-failed": _("The lab itself broke or ended this connection: {note}."),
    "doctor.idle": _(
        "After {seconds} seconds of silence the connection ended without a Close: a proxy on the "
        "way cuts what is idle, or the server's program stopped. Send a Ping more often than that, "
        "or raise the proxy's limit."
    ),
    "doctor.reset": _(
        "The {side} reset the connection (TCP RST) without a Close: its program died, or the "
        "network between them gave up. Both sides record 1006."
    ),
    "doctor.no-close": _(
        "The {side} ended TCP without a Close: its program stopped, or its library does not close "
        "the WebSocket. Both sides record 1006."
    ),
    "doctor.bytes-missing": ngettext(
        "{count:,} byte is missing in the recording, so a frame ends in the middle here: it need "
        "not be so on the wire.",
        "{count:,} bytes are missing in the recording, so a frame ends in the middle here: it need "
        "not be so on the wire.",
    ),
    # recording/doctor/messages
    "doctor.bytes-as-text": _(
        "The {side} sent Python's b'...' as text: decode the bytes (`.decode()`) or send them as "
        "binary."
    ),
    "doctor.object-object": _(
        "The {side} sent [object ...], which JavaScript makes of an object: send "
        "`JSON.stringify(it)`."
    ),
    "doctor.python-object": _(
        "The {side} sent the name of an object of Python instead of what it holds; for a coroutine "
        "an `await` is missing."
    ),
    "doctor.python-dict": _(
        "The {side} sent a dict or list as Python prints it, which is not JSON: use `json.dumps`."
    ),
    "doctor.json-twice": _(
        "The {side} encoded its JSON twice: the message is a string of JSON, and JSON again is in "
        "the string."
    ),
    "doctor.nul-at-the-end": _(
        "The {side} sent the byte 0 after its JSON: that ends a string in C, and is not part of it."
    ),
    "doctor.frame-in-a-message": _(
        "The {side}'s message is a frame of its own: its library puts a frame around what you "
        "send, so give it the payload alone; for a Ping it has a function."
    ),
    "doctor.engine-no-packet": _(
        "This server speaks Engine.IO, which gives every message a number in front, and closed "
        "after a plain message: use a client of Socket.IO."
    ),
    "doctor.engine-ping-unanswered": _(
        'The client did not answer Engine.IO\'s own Ping, the text "2": it has to send "3". A '
        "client of Socket.IO does so by itself."
    ),
}
