"""Repairs: one change in an answer's own code that makes every case right names line and piece.

The answers come first. They are written as learners write them, in other ways than the solutions.
Where one change helps, a comment marks the line; where none does, none is marked. The name of each
begins with that of the function that the exercise asks for.
"""

import ast
import asyncio
import base64
import copy
import functools
import gc
import hashlib
import inspect
import linecache
import random
import struct
import textwrap
import time
from collections.abc import Callable
from types import CoroutineType, FunctionType
from typing import Any

import pytest

from wsedu.course.catalogue import exercises
from wsedu.course.repair import Repair, repair
from wsedu.course.virtual_time import VirtualTimeLoop
from wsedu_exercises.server import close_frame, decode_header, encode_header, mask, parse_close
from wsedu_exercises.server import take_frames as take_frames_of_the_course

# The answers.

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def encode_header__border(fin, opcode, length):
    head = bytearray()
    if fin:
        head.append(0x80 | opcode)
    else:
        head.append(opcode)
    if length <= 126:  # wrong
        head.append(length)
    elif length <= 65535:
        head.append(126)
        head += length.to_bytes(2, "big")
    else:
        head.append(127)
        head += length.to_bytes(8, "big")
    return bytes(head)


def encode_header__long_border(fin, opcode, length):
    b0 = (128 if fin else 0) + opcode
    if length in range(0, 126):
        return bytes((b0, length))
    if length in range(126, 65535):  # wrong
        return struct.pack("!BBH", b0, 126, length)
    return struct.pack("!BBQ", b0, 127, length)


def encode_header__little(fin, opcode, length):
    first = opcode
    if fin:
        first += 128
    if length < 126:
        return bytes([first, length])
    if length < 65536:
        return bytes([first, 126]) + length.to_bytes(2, "little")  # wrong
    return bytes([first, 127]) + length.to_bytes(8, "big")


def encode_header__native(fin, opcode, length):
    first = opcode | fin << 7
    if length > 65535:
        return struct.pack("<BBQ", first, 127, length)  # wrong
    elif length > 125:
        return struct.pack(">BBH", first, 126, length)
    return struct.pack("BB", first, length)


def encode_header__plain_shift(fin, opcode, length):
    result = bytes([(fin << 6) | opcode])  # wrong
    if length >= 65536:
        return result + b"\x7f" + length.to_bytes(8, byteorder="big")
    if length >= 126:
        return result + b"\x7e" + length.to_bytes(2, byteorder="big")
    return result + bytes([length])


def encode_header__marker(fin, opcode, length):
    first = 0x80 if fin else 0x00
    first |= opcode
    if length <= 125:
        second = length
        extra = b""
    elif length <= 0xFFFF:
        second = 125  # wrong
        extra = length.to_bytes(2, "big")
    else:
        second = 127
        extra = length.to_bytes(8, "big")
    return bytes([first, second]) + extra


def encode_header__masked(fin, opcode, length):
    out = [opcode + 128 * fin]
    if length < 126:
        out.append(length)
    elif length < 65536:
        out.append(126)
        out.extend(length.to_bytes(2, "big"))
    else:
        out.append(127)
        out.extend(length.to_bytes(8, "big"))
    out[1] |= 128  # wrong
    return bytes(out)


def decode_header__border(data):
    if len(data) <= 2:  # wrong
        return None
    fin = bool(data[0] & 0x80)
    opcode = data[0] & 0x0F
    masked = bool(data[1] & 0x80)
    length = data[1] & 0x7F
    size = 2
    if length == 126:
        if len(data) < 4:
            return None
        length = struct.unpack("!H", data[2:4])[0]
        size = 4
    elif length == 127:
        if len(data) < 10:
            return None
        length = struct.unpack("!Q", data[2:10])[0]
        size = 10
    if masked:
        size += 4
    return fin, opcode, masked, length, size


def decode_header__slice(data):
    if len(data) < 2:
        return None
    first, second = data[0], data[1]
    length = second % 128
    size = 2
    if length == 126:
        size = 4
        if len(data) < size:
            return None
        length = int.from_bytes(data[2:3], "big")  # wrong
    elif length == 127:
        size = 10
        if len(data) < size:
            return None
        length = int.from_bytes(data[2:10], "big")
    masked = second >= 128
    if masked:
        size += 4
    return first >= 128, first % 16, masked, length, size


def decode_header__mask_bits(data):
    if len(data) < 2:
        return None
    fin = data[0] >> 7 == 1
    opcode = data[0] & 0b1110  # wrong
    masked = data[1] >> 7 == 1
    length = data[1] & 0b1111111
    extra = {126: 2, 127: 8}.get(length, 0)
    if extra:
        if len(data) < 2 + extra:
            return None
        length = int.from_bytes(data[2 : 2 + extra], "big")
    return fin, opcode, masked, length, 2 + extra + (4 if masked else 0)


def decode_header__order(data):
    try:
        first, second = data[:2]
        length = second & 127
        size = 2
        if length > 125:
            more = 2 if length == 126 else 8
            size += more
            if len(data) < size:
                return None
            length = int.from_bytes(data[2:size], "big")
    except ValueError:
        return None
    masked = bool(second & 128)
    return bool(first & 128), masked, first & 15, length, size + 4 * masked  # wrong


def decode_header__refuses(data):
    if len(data) < 2:
        return None
    if data[0] & 0x70:  # wrong
        return None
    n = data[1] & 127
    end = {126: 4, 127: 10}.get(n, 2)
    if len(data) < end:
        return None
    if end > 2:
        n = int.from_bytes(data[2:end], "big")
    m = data[1] & 128 == 128
    return data[0] & 128 == 128, data[0] & 15, m, n, end + (4 if m else 0)


def decode_header__key_always(data):
    if len(data) < 2:
        return None
    masked = data[1] > 127
    length = data[1] - 128 if masked else data[1]
    size = 6
    if not masked or True:  # wrong
        size = 2
    if length == 126:
        size += 2
        if len(data) < 4:
            return None
        length = data[2] * 256 + data[3]
    elif length == 127:
        size += 8
        if len(data) < 10:
            return None
        length = int.from_bytes(data[2:10], "big")
    return data[0] > 127, data[0] & 15, masked, length, size


def accept__hex(key):
    sha = hashlib.sha1()
    sha.update(key.encode())
    sha.update(GUID.encode())
    return base64.b64encode(sha.hexdigest().encode()).decode()


def accept__hexdigest(key):
    text = key + GUID
    hashed = bytes.fromhex(hashlib.sha256(text.encode("utf-8")).hexdigest())  # wrong
    return base64.b64encode(hashed).decode("ascii")


def accept__order(key):
    joined = GUID + key  # wrong
    digest = hashlib.sha1(joined.encode()).digest()
    return base64.standard_b64encode(digest).decode()


def accept__typo(key):
    magic = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B1"  # wrong
    h = hashlib.new("sha1", key.encode() + magic)
    return base64.b64encode(h.digest()).decode()


def accept__lower(key):
    magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    value = (key + magic).lower()  # wrong
    digest = hashlib.sha1(value.encode("ascii")).digest()
    return str(base64.b64encode(digest), "ascii")


def accept__newline(key):
    text = f"{key}{GUID}\n"  # wrong
    return base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()


def accept__urlsafe(key):
    digest = hashlib.sha1(key.encode() + GUID.encode()).digest()
    encoded = base64.urlsafe_b64encode(digest)  # wrong
    return encoded.decode()


def accept__stripped(key):
    digest = hashlib.sha1((key.strip("=") + GUID).encode()).digest()  # wrong
    result = base64.b64encode(digest)
    return result.decode()


def accept__decoded(key):
    raw = base64.b64decode(key)
    digest = hashlib.sha1(raw + GUID.encode()).digest()
    return base64.b64encode(digest).decode()


def mask__step(data, key):
    out = bytearray()
    k = 0
    for b in data:
        out.append(b ^ key[k])
        k += 1
        if k == 3:  # wrong
            k = 0
    return bytes(out)


def mask__or(data, key):
    result = []
    for i in range(len(data)):
        result.append(data[i] | key[i % 4])  # wrong
    return bytes(result)


def mask__swapped(data, key):
    return bytes(byte ^ key[i % 4] for byte, i in enumerate(data))  # wrong


def mask__range(data, key):
    result = b""
    for i in range(1, len(data)):  # wrong
        result += bytes([data[i] ^ key[i % 4]])
    return result


def mask__early_return(data, key):
    out = []
    for i, byte in enumerate(data):
        out.append(byte ^ key[i & 3])
        return bytes(out)  # wrong
    return b""


def mask__overwrites(data, key):
    masked = b""
    position = 0
    while position < len(data):
        masked = bytes([data[position] ^ key[position % len(key)]])  # wrong
        position += 1
    return masked


def mask__reversed(data, key):
    keys = list(reversed(key))  # wrong
    return bytes([b ^ keys[n % 4] for n, b in enumerate(data)])


def take_frames__rest(stream):
    frames = []
    while True:
        header = decode_header(stream)
        if header is None:
            return frames, stream
        fin, opcode, masked, length, size = header
        if len(stream) <= size + length:  # wrong
            return frames, stream
        payload = stream[size : size + length]
        if masked:
            payload = mask(payload, stream[size - 4 : size])
        frames.append((fin, opcode, payload))
        stream = stream[size + length :]


def take_frames__once(stream):
    frames = []
    header = decode_header(stream)
    if header:  # wrong
        fin, opcode, masked, length, size = header
        end = size + length
        if len(stream) >= end:
            payload = stream[size:end]
            if masked:
                payload = mask(payload, stream[size - 4 : size])
            frames.append((fin, opcode, payload))
            stream = stream[end:]
            header = decode_header(stream)
        else:
            header = None
    return frames, stream


def take_frames__key(stream):
    result = []
    pos = 0
    while True:
        head = decode_header(stream[pos:])
        if not head:
            break
        fin, opcode, masked, length, size = head
        start, end = pos + size, pos + size + length
        if end > len(stream):
            break
        data = stream[start:end]
        if masked:
            data = mask(data, stream[start : start + 4])
        result.append((fin, opcode, data))
        pos = end
    return result, stream[pos:]


def take_frames__always_unmasked(stream):
    out = []
    rest = stream
    while (head := decode_header(rest)) is not None:
        fin, op, masked, n, size = head
        if len(rest) < size + n:
            break
        body = rest[size : size + n]
        if not masked:  # wrong
            body = mask(body, rest[size - 4 : size])
        out.append((fin, op, body))
        rest = rest[size + n :]
    return out, rest


def take_frames__skips_empty(stream):
    frames = []
    while stream:
        head = decode_header(stream)
        if head is None or len(stream) < head[3] + head[4]:
            break
        fin, opcode, masked, length, start = head
        payload, rest = stream[start:][:length], stream[start + length :]
        if masked:
            payload = mask(payload, stream[:start][-4:])
        if payload:  # wrong
            frames.append((fin, opcode, payload))
        stream = rest
    return frames, stream


def take_frames__endless(stream):
    frames = []
    complete = True
    while complete:
        head = decode_header(stream)
        if not head or sum(head[3:]) > len(stream):
            continue  # wrong
        end = sum(head[3:])
        payload = stream[head[4] : end]
        key = stream[head[4] - 4 : head[4]]
        frames.append((*head[:2], mask(payload, key) if head[2] else payload))
        stream = stream[end:]
    return frames, stream


def take_frames__order(stream):
    frames = []
    while (header := decode_header(stream)) and len(stream) >= header[3] + header[4]:
        fin, opcode, masked, length, size = header
        key = stream[size - 4 : size]
        stream = stream[size + length :]  # wrong
        payload = stream[size : size + length]
        frames.append((fin, opcode, mask(payload, key) if masked else payload))
    return frames, stream


def close_frame__characters(code, reason):
    if code is None:
        return encode_header(True, 8, 0)
    text = reason
    while len(text) > 123:
        text = text[:-1]
    body = code.to_bytes(2, "big") + text.encode()
    return encode_header(True, 8, len(body)) + body


def close_frame__limit(code, reason):
    if code is None:
        return b"\x88\x00"
    data = reason.encode("utf-8")
    if len(data) > 125:
        data = data[:125].decode("utf-8", "ignore").encode("utf-8")
    payload = struct.pack("!H", code) + data
    return encode_header(True, 8, len(payload)) + payload


def close_frame__strict(code, reason):
    if code is None:
        return b"\x88\x00"
    data = reason.encode("utf-8")[:123]
    data = data.decode("utf-8", "replace").encode("utf-8")  # wrong
    payload = struct.pack("!H", code) + data
    return encode_header(True, 8, len(payload)) + payload


def close_frame__opcode(code, reason):
    payload = b""
    if code is not None:
        payload += code.to_bytes(2, "big")
        payload += reason.encode()[:123].decode("utf-8", errors="ignore").encode()
    return encode_header(True, 9, len(payload)) + payload  # wrong


def close_frame__fin(code, reason):
    if code:
        body = bytes([code >> 8, code & 0xFF])
        for character in reason:
            if len(body) + len(character.encode()) > 125:
                break
            body += character.encode()
    else:
        body = b""
    return encode_header(False, 8, len(body)) + body  # wrong


def close_frame__reason_first(code, reason):
    if code is None:
        return encode_header(True, 8, 0)
    short = reason.encode()[:123].decode(errors="ignore").encode()
    body = short + code.to_bytes(2, "big")  # wrong
    return encode_header(True, 8, len(body)) + body


def parse_close__codes(payload):
    if payload == b"":
        return 1005, ""
    if len(payload) == 1:
        raise ValueError("too short")
    code = int.from_bytes(payload[0:2], "big")
    if code in (1004, 1005, 1006):
        raise ValueError("reserved")
    if code < 1000 or 1014 < code < 3000 or code >= 4999:  # wrong
        raise ValueError("out of range")
    return code, payload[2:].decode("utf-8")


def parse_close__reason(payload):
    if not payload:
        return (1005, "")
    if len(payload) < 2:
        raise ValueError
    (code,) = struct.unpack("!H", payload[:2])
    ok = 1000 <= code <= 1014 and code not in (1004, 1005, 1006) or 3000 <= code <= 4999
    if not ok:
        raise ValueError(code)
    reason = payload[2:].decode("utf-8", "ignore")  # wrong
    return (code, reason)


def parse_close__half(payload):
    if len(payload) == 0:
        return 1005, ""
    if len(payload) == 1:
        raise EOFError("half a code")  # wrong
    code = payload[0] << 8 | payload[1]
    if code < 1000 or code in (1004, 1005, 1006) or code > 1014 and code < 3000 or code > 4999:
        raise ValueError("bad code")
    return code, payload[2:].decode()


def parse_close__allowed(payload):
    allowed = set(range(1000, 1015)) | set(range(3000, 5000))
    allowed -= {1004, 1005}
    if not payload:
        return 1005, ""
    code = int.from_bytes(payload[:2], "big")
    if code not in allowed or len(payload) < 2:
        raise ValueError("not allowed")
    return code, payload[2:].decode()


def parse_close__range(payload):
    allowed = [c for c in range(1000, 1014) if c not in (1004, 1005, 1006)]  # wrong
    allowed += range(3000, 5000)
    if not payload:
        return 1005, ""
    if len(payload) < 2:
        raise ValueError("half a code")
    code = int.from_bytes(payload[:2], "big")
    if code not in allowed:
        raise ValueError("not allowed")
    return code, payload[2:].decode()


def parse_close__strips(payload):
    if len(payload) == 0:
        return 1005, ""
    if len(payload) < 2:
        raise ValueError("half")
    code = int.from_bytes(payload[:2], "big")
    if not (1000 <= code < 1015 or 3000 <= code < 5000) or 1004 <= code <= 1006:
        raise ValueError("code")
    reason = payload[2:].decode().strip()  # wrong
    return code, reason


def check_request__case(data):
    lines = data.decode().split("\r\n")
    method = lines[0].split()[0]
    headers = {}
    for line in lines[1:]:
        if ":" in line:
            name, value = line.split(":", 1)
            headers[name] = value.strip()
    if method != "GET":
        return 405, "Method Not Allowed"
    if headers.get("host", "") == "":
        return 400, "no host"
    if "upgrade" not in [part.strip().lower() for part in headers.get("connection", "").split(",")]:
        return 426, "no upgrade"
    if headers.get("upgrade", "").lower() != "websocket":
        return 426, "no websocket"
    try:
        if len(base64.b64decode(headers["sec-websocket-key"], validate=True)) != 16:
            return 400, "bad key"
    except (KeyError, ValueError):
        return 400, "bad key"
    if headers.get("sec-websocket-version") != "13":
        return 426, "bad version"
    return 101, "Switching Protocols"


def worth_it__border(handshake, message, request):
    if message >= request:
        return 0
    n = 1
    while handshake + n * message > n * request:  # wrong
        n += 1
    return n


def worth_it__rounded(handshake, message, request):
    saved = request - message
    if saved <= 0:
        return 0
    return int(handshake / saved)  # wrong


def worth_it__sign(handshake, message, request):
    saved = message - request  # wrong
    if saved > 0:
        return handshake // saved + 1
    return 0


def worth_it__ceil(handshake, message, request):
    import math

    difference = request - message
    if difference < 1:
        return 0
    return math.ceil(handshake / difference)


def place_order__everyone(order, sender, connected):
    if order == "":
        return 400, {}
    messages = {}
    for person in connected:
        if person == sender:  # wrong
            messages[person] = sender + ": " + order
    return 200, messages


def place_order__returns_early(order, sender, connected):
    news = {}
    if not order:
        return (400, news)
    for name in connected:
        if name == sender:
            continue
        news[name] = f"{sender}: {order}"
        return (200, news)  # wrong
    return (200, news)


def place_order__breaks(order, sender, connected):
    status = 200 if order else 400
    news = {}
    for name in connected if order else []:
        if name == sender:
            break  # wrong
        news[name] = sender + ": " + order
    return status, news


def place_order__text(order, sender, connected):
    if len(order) == 0:
        return 400, {}
    return 200, {n: f"{sender}:{order}" for n in connected if n != sender}  # wrong


def place_order__status(order, sender, connected):
    recipients = [n for n in connected if n != sender]
    if not order:
        return 404, {}  # wrong
    return 200, dict.fromkeys(recipients, sender + ": " + order)


def place_order__sender_connected(order, sender, connected):
    if not order or sender not in connected:  # wrong
        return 400, {}
    return 200, {name: f"{sender}: {order}" for name in connected if name != sender}


def sse__splitlines(number, text):
    event = "id: " + str(number) + "\n"
    for part in text.splitlines():
        event += "data: " + part + "\n"
    return (event + "\n").encode("utf-8")


def sse__ascii(number, text):
    lines = ["id: " + str(number)]
    lines += ["data: " + line for line in text.split("\n")]
    lines += ["", ""]
    return "\n".join(lines).encode("ascii", "ignore")  # wrong


def sse__empty(number, text):
    result = b"id: " + str(number).encode() + b"\n"
    for line in text.split("\n"):
        if line:  # wrong
            result += b"data: " + line.encode() + b"\n"
    return result + b"\n"


def torn__late(frames, chunks):
    borders, total, left = [], 0, list(frames)
    while left:
        borders.append(total)  # wrong
        total += left.pop(0)
    found, got = [], 0
    for i in range(len(chunks)):
        got += chunks[i]
        if not borders.count(got):
            found += [i]
    return found


def torn__counts_from_one(frames, chunks):
    ends = {sum(frames[: i + 1]) for i in range(len(frames))}
    position = 0
    result = []
    for number, chunk in enumerate(chunks, 1):  # wrong
        position += chunk
        if position not in ends:
            result.append(number)
    return result


def torn__inverted(frames, chunks):
    ends, end = set(), 0
    for f in frames:
        end += f
        ends.add(end)
    end = 0
    torn = []
    for i in range(len(chunks)):
        end += chunks[i]
        if end in ends:  # wrong
            torn.append(i)
    return torn


def torn__reset(frames, chunks):
    sums = [sum(frames[:n]) for n in range(len(frames))]  # wrong
    place = 0
    numbers = []
    for number in range(len(chunks)):
        place = place + chunks[number]
        if place not in sums:
            numbers.append(number)
    return numbers


def ending__late(events, timeout):
    deadline = None
    for second, what, code in events:
        if deadline is not None and second >= deadline:  # wrong
            return 1006, deadline
        if what == "receive":
            return code if code is not None else 1005, second
        if what == "end":
            return 1006, second
        if what == "send" and deadline is None:
            deadline = second + timeout
    if deadline is not None:
        return 1006, deadline
    return None


def ending__restarts(events, timeout):
    limit = float("inf")
    for when, what, code in events:
        if when > limit:
            break
        if what == "receive":
            return code or 1005, when
        elif what == "end":
            return 1006, when
        else:
            limit = when + timeout
    if limit == float("inf"):
        return None
    return 1006, limit


def ending__tcp(events, timeout):
    sent_at = None
    for second, what, code in events:
        if sent_at is not None:
            if second > sent_at + timeout:
                return 1006, sent_at + timeout
        if what == "send":
            if sent_at is None:
                sent_at = second
        elif what == "receive":
            return (code if code else 1005), second
        else:
            return 1005, second  # wrong
    return None if sent_at is None else (1006, sent_at + timeout)


def backoff__ahead(n, chance):
    limit = 5
    for _ in range(n + 1):  # wrong
        limit = min(limit * 2, 60)
    return limit * chance.random()


def backoff__linear(n, chance):
    limit = min(60, 5 * 2 * n)
    return chance.uniform(0, limit)


def backoff__max(n, chance):
    seconds = 5 * 2**n
    limit = max(seconds, 60)  # wrong
    return chance.uniform(0, limit)


def backoff__power(n, chance):
    delay = 5 * n**2  # wrong
    if delay > 60:
        delay = 60
    return chance.random() * delay


def heartbeat__no_mask(clients, interval, payload, packet):
    total = 0
    total += packet + 2 + payload
    total += packet + 2 + payload
    return total * clients / interval


def heartbeat__floor(clients, interval, payload, packet):
    bytes_per_ping = 2 * packet + 2 * payload + 8
    return clients * bytes_per_ping // interval  # wrong


def craft__key(wanted, key, before):
    masked = mask(b"x" * before + wanted, key)
    return masked[before:]  # wrong


def craft__turned(wanted, key, before):
    key = key[before % 4 :] + key[: before % 4]
    return mask(wanted, key) + b"\x00" * before  # wrong


def read_along__short(masked, begins):
    key = bytes(a ^ b for a, b in zip(masked, begins, strict=False))
    key = key[:3]  # wrong
    return bytes(m ^ key[i % len(key)] for i, m in enumerate(masked))


def read_along__long_key(masked, begins):
    key = []
    for i in range(len(begins)):
        key.append(masked[i] ^ begins[i])
    text = b""
    for i in range(len(masked)):
        text += bytes([masked[i] ^ key[i % len(key)]])
    return text


def key_is_good__length(key):
    try:
        raw = base64.b64decode(key, validate=False)  # wrong
    except Exception:
        return False
    return len(raw) == 16


def key_is_good__any(key):
    try:
        return len(base64.b64decode(key, validate=True)) <= 16  # wrong
    except ValueError:
        return False


def is_minimal__border(header):
    fin, opcode, masked, length, size = decode_header(header)
    if size == 2:
        return True
    if size == 4:
        return length > 126  # wrong
    return length > 65535


def is_minimal__compare(header):
    fin, opcode, masked, length, size = decode_header(header)
    return encode_header(fin, opcode, length) is header  # wrong


def is_minimal__long(header):
    marker = header[1] & 0x7F
    if marker < 126:
        return True
    length = int.from_bytes(header[2:], "big")
    if marker == 126:
        return length >= 126
    return length >= 65535  # wrong


def answer__pong(fin, opcode, payload):
    if opcode in (0, 1, 2):
        return encode_header(fin, opcode, len(payload)) + payload, True
    if opcode == 9:
        return encode_header(True, 9, len(payload)) + payload, True  # wrong
    if opcode == 10:
        return b"", True
    try:
        code, reason = parse_close(payload)
        return close_frame(code if code != 1005 else None, reason), False
    except ValueError:
        return close_frame(1002, ""), False


def answer__goes_on(fin, opcode, payload):
    if opcode == 10:
        return b"", True
    if opcode == 9:
        return encode_header(fin, 10, len(payload)) + payload, True
    if opcode == 8:
        try:
            code, reason = parse_close(payload)
        except ValueError:
            return close_frame(1002, ""), False
        if code == 1005:
            code = None
        return close_frame(code, reason), True  # wrong
    return encode_header(fin, opcode, len(payload)) + payload, True


def answer__no_code(fin, opcode, payload):
    if opcode == 8:
        try:
            code, reason = parse_close(payload)
        except ValueError:
            return close_frame(1002, ""), False
        if code == 1006:  # wrong
            return close_frame(None, ""), False
        return close_frame(code, reason), False
    elif opcode == 9:
        return encode_header(True, 10, len(payload)) + payload, True
    elif opcode == 10:
        return b"", True
    return encode_header(fin, opcode, len(payload)) + payload, True


def answer__fin(fin, opcode, payload):
    if opcode == 8:
        try:
            code, reason = parse_close(payload)
            reply = close_frame(None if code == 1005 else code, reason)
        except ValueError:
            reply = close_frame(1002, "")
        return reply, False
    reply = b""
    if opcode != 10:
        back = 10 if opcode == 9 else opcode
        reply = encode_header(True, back, len(payload)) + payload
    return reply, True


def build_request__lf(host, target, key):
    lines = []
    lines.append("GET " + target + " HTTP/1.1")
    lines.append("Host: " + host)
    lines.append("Upgrade: websocket")
    lines.append("Connection: Upgrade")
    lines.append("Sec-WebSocket-Key: " + key)
    lines.append("Sec-WebSocket-Version: 13")
    return ("\n".join(lines) + "\r\n\r\n").encode()  # wrong


def build_request__version(host, target, key):
    return (
        f"GET {target} HTTP/1.1\r\n"
        f"Host: {host}\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\n"
        "Sec-WebSocket-Version: 12\r\n"
        "\r\n"
    ).encode("ascii")


def check_response__case(response, key, asked):
    head = response.decode("latin-1").lower()
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if line)
    accept = base64.b64encode(hashlib.sha1(key.encode() + GUID.encode()).digest()).decode()
    protocol = headers.get("sec-websocket-protocol")
    return (
        first.split(" ")[1] == "101"
        and headers.get("upgrade") == "websocket"
        and headers.get("connection") == "upgrade"
        and headers.get("sec-websocket-accept") == accept
        and "sec-websocket-extensions" not in headers
        and (not protocol or protocol in asked)
    )


async def read_frame__none(read, timeout):
    data = b""
    async with asyncio.timeout(timeout):
        while True:
            chunk = await read()
            if chunk == b"":
                if not data:  # wrong
                    raise EOFError
                return None
            data += chunk
            frames, rest = take_frames_of_the_course(data)
            if frames:
                return frames[0]


async def read_frame__last(read, timeout):
    async def whole():
        buffer = b""
        while True:
            frames, _ = take_frames_of_the_course(buffer)
            if frames:
                return frames[-1]  # wrong
            chunk = await read()
            if not chunk:
                break
            buffer += chunk
        if buffer:
            raise EOFError("inside a frame")

    return await asyncio.wait_for(whole(), timeout)


async def read_frame__forgets(read, timeout):
    stream = b""
    async with asyncio.timeout(timeout):
        while not take_frames_of_the_course(stream)[0]:
            data = await read()
            if not data and stream:
                raise EOFError
            if not data:
                return None
            stream = data  # wrong
    return take_frames_of_the_course(stream)[0][0]


async def keepalive__timeout(connection, interval, timeout):
    import os

    while True:
        await connection.sleep(timeout)  # wrong
        data = os.urandom(8)
        await connection.send_ping(data)
        end = connection.now() + timeout
        while True:
            pong = await connection.next_pong(end - connection.now())
            if pong is None:
                return 1011, "no pong"
            if pong == data:
                break


async def keepalive__any_pong(connection, interval, timeout):
    while True:
        await connection.sleep(interval)
        data = random.randbytes(4)
        await connection.send_ping(data)
        start = connection.now()
        while (pong := await connection.next_pong(start + timeout - connection.now())) != data:
            if pong is not None:  # wrong
                return 1011, "keepalive ping timeout"


# What is said of them.

FUNCTIONS = {
    exercise.solution.__name__: exercise
    for exercise in reversed(exercises().values())  # the first of those with the same name
    if inspect.isfunction(exercise.solution)
}
ANSWERS = [value for name, value in globals().items() if "__" in name[1:] and callable(value)]
ANSWERS = [answer for answer in ANSWERS if answer.__name__.split("__")[0] in FUNCTIONS]
ENDLESS = (take_frames__endless, keepalive__any_pong)  # their own results cannot be had


def name_of(answer: FunctionType) -> str:
    return answer.__name__


def constants_of(function: Callable[..., Any]) -> list[Any]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]


class Holds:
    """Whether a function is right in the cases of an exercise, those that an answer fails first."""

    def __init__(self, answer: FunctionType) -> None:
        self.judge = FUNCTIONS[answer.__name__.split("__")[0]].judge
        self.tried: list[Callable[..., Any]] = []
        cases = list(self.judge.cases(random.Random(1)))
        if answer not in ENDLESS:
            cases.sort(key=lambda args: self.is_right(answer, args))
            assert not self.is_right(answer, cases[0])
        self.cases = cases

    def __call__(self, function: Callable[..., Any]) -> bool:
        self.tried.append(function)
        return all(self.is_right(function, args) for args in self.cases)

    def is_right(self, function: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        judge = self.judge
        try:
            got = judge.through(function)(*copy.deepcopy(args))
            if inspect.isawaitable(got):
                with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
                    got = runner.run(awaited(got))
            if judge.right:
                return bool(judge.right(args, got))
            wanted = judge.nearest(args, got) if judge.nearest else judge.expected(*args)
            return type(got) is type(wanted) and bool(got == wanted)
        except Exception:
            return False


async def awaited(value: Any) -> Any:
    return await value


def repaired(answer: FunctionType) -> tuple[Repair | None, list[Callable[..., Any]]]:
    """What is said of an answer, and all functions that were tried."""
    holds = Holds(answer)
    solution = FUNCTIONS[answer.__name__.split("__")[0]].solution
    return repair(answer, holds, constants_of(solution), seconds=60), holds.tried


@pytest.mark.parametrize("answer", ANSWERS, ids=name_of)
def test_the_line_is_named_where_one_change_makes_every_case_right(answer: FunctionType) -> None:
    lines, first = inspect.getsourcelines(answer)
    marked = [first + n for n, line in enumerate(lines) if line.rstrip().endswith("# wrong")]
    found, tried = repaired(answer)
    assert len(tried) <= 600  # each takes about a millisecond
    if not marked:
        assert found is None
        return
    assert found and [found.line] == marked
    piece, *_more = found.old.splitlines()
    assert piece in lines[found.line - first]
    assert found.sentence.startswith(f"Line {found.line}: ")
    assert "{" not in found.sentence.replace(piece, "")


def test_there_are_many_answers_of_many_kinds() -> None:
    marked = [answer for answer in ANSWERS if "# wrong" in inspect.getsource(answer)]
    assert len(marked) >= 60
    assert len({answer.__name__.split("__")[0] for answer in marked}) >= 18


@pytest.mark.parametrize(
    "answer", [encode_header__border, mask__early_return, keepalive__any_pong], ids=name_of
)
def test_the_same_is_said_after_the_same_tries(answer: FunctionType) -> None:
    (one, tried), (other, again) = repaired(answer), repaired(answer)
    assert one == other is not None
    assert len(tried) == len(again)
    assert [f.__code__.co_code for f in tried] == [f.__code__.co_code for f in again]


def test_what_is_said_names_the_piece_and_not_the_cure() -> None:
    found, _tried = repaired(encode_header__border)
    assert found and (found.old, found.kind) == ("length <= 126", "comparison")
    assert found.sentence.endswith(": `length <= 126` is true for one value too many.")
    assert "< 126" not in found.sentence


# Small functions, one for each rule that the answers do not need.


def catches(text):
    try:
        return int(text)
    except ValueError:  # the case wants the error
        return None


def looks_at_none(items):
    if items is None:  # wrong
        return "none"
    return items[-1]


def adds(items):
    total = 0
    for item in items:
        total += item  # wrong
    return total


def continues(items):
    for item in items:
        if item < 0:
            continue  # wrong
        last = item
    return last


def power(n):
    return 2 ^ n  # wrong


def counts_condition(numbers):
    return [n for n in numbers if n <= 9 and n > -1]  # wrong


def in_several_lines(text):
    return (
        text.strip().encode(
            "ascii",  # wrong
            "ignore",
        )
        + b"."
    )


def asks_in_another_case(names):
    return "Sec-WebSocket-Key" in [name.lower() for name in names]  # wrong


def half(items):
    return items[: len(items) // 2 - 1]  # wrong


def too_deep(items):
    found = []
    for item in items:
        found.append(item)
    found.append(0)  # wrong
    return found


def unsigned(data):
    return struct.unpack("!h", data)[0]  # wrong


def number_of(text):
    return "n: " + str(text)


SMALL = [
    (looks_at_none, {((),): "none", ((1, 2),): 2}),
    (adds, {((1, 2),): 2, ((3,),): 3}),
    (continues, {((1, -1, 2),): 1, ((4, 3),): 3}),
    (power, {(0,): 1, (5,): 32}),
    (counts_condition, {((9, -3),): [9, -3], ((12, 1),): [1]}),
    (in_several_lines, {("é",): "é.".encode(), (" a",): b"a."}),
    (asks_in_another_case, {(("SEC-WebSocket-Key",),): True, (("key",),): False}),
    (half, {((1, 2, 3, 4),): (1, 2), ((1, 2),): (1,)}),
    (too_deep, {((1, 2),): [1, 0, 2, 0], ((),): []}),
    (unsigned, {(b"\xff\xff",): 65535, (b"\x00\x01",): 1}),
]


def in_cases(cases: dict[tuple[Any, ...], Any]) -> Callable[[Callable[..., Any]], bool]:
    def holds(function: Callable[..., Any]) -> bool:
        try:
            return all(function(*args) == wanted for args, wanted in cases.items())
        except (TypeError, ValueError, IndexError):
            return False

    return holds


@pytest.mark.parametrize("function, cases", SMALL, ids=[f.__name__ for f, _cases in SMALL])
def test_a_rule_finds_its_mistake(function: FunctionType, cases: Any) -> None:
    lines, first = inspect.getsourcelines(function)
    found = repair(function, in_cases(cases))
    assert found and lines[found.line - first].rstrip().endswith("# wrong")


def test_an_error_that_is_caught_by_mistake_is_found() -> None:
    def holds(function: Callable[..., Any]) -> bool:
        try:
            function("x")
        except ValueError:
            return bool(function("1") == 1)
        return False

    found = repair(catches, holds)
    assert found and found.sentence.endswith("what happens in this `try` must not be caught.")


# What cannot be repaired, or must not be run.


def test_what_is_right_already_is_left_alone() -> None:
    tried: list[Any] = []
    assert repair(number_of, lambda function: not tried.append(function)) is None
    assert len(tried) == 1


def outer() -> Callable[[int], int]:
    step = 2

    def inner(number: int) -> int:
        return number + step

    return inner


def opens(path):
    return open(path).read() + "x"


def sleeps(seconds):
    time.sleep(2 * seconds)


def test_what_has_no_plain_source_is_not_tried() -> None:
    names: dict[str, Any] = {}
    exec("def made(x):\n    return x + 1", names)
    others = [outer(), len, str, 5, None, lambda x: x + 1, names["made"], Holds, opens, sleeps]
    others += [functools.partial(adds), functools.cache(adds), "text".upper]
    for other in others:
        assert repair(other, lambda function: pytest.fail("it was tried")) is None


def greedy(length):
    return bytes(min(length, 5)) + (5).to_bytes(min(length, 2)) + bytes([1 >> max(2, length)])


def deep(number):
    if number < 0:
        return 0
    return deep(number - 1) + deep(number - 1)


@pytest.mark.slow  # it waits
def test_a_change_that_asks_for_much_memory_or_never_ends_is_stopped() -> None:
    errors: list[str] = []

    def holds(function: Callable[..., Any], *args: Any) -> bool:
        try:
            function(*args)
        except BaseException as error:
            errors.append(type(error).__name__)
        return False

    assert repair(greedy, lambda function: holds(function, 2**40)) is None
    assert "_TooMuch" in errors and "MemoryError" not in errors
    errors.clear()
    assert repair(deep, lambda function: holds(function, 40), seconds=60) is None
    assert errors.count("_TooMuch") > 5


def test_a_change_never_touches_the_names_of_the_notebook() -> None:
    before = dict(globals())
    repaired(mask__or)
    assert {name: globals()[name] for name in before} == before


def test_the_end_of_a_check_goes_through() -> None:
    class Stopped(BaseException):
        pass

    def holds(function: Callable[..., Any]) -> bool:
        raise Stopped

    with pytest.raises(Stopped):
        repair(adds, holds)


def coroutines() -> set[int]:
    return {id(one) for one in gc.get_objects() if type(one) is CoroutineType}


def test_python_collects_garbage_as_before() -> None:
    before = coroutines()
    repaired(read_frame__none)
    assert gc.isenabled()
    assert coroutines() <= before


def test_no_time_gives_no_repair() -> None:
    assert repair(half, in_cases(dict(SMALL[7][1])), seconds=0) is None


def test_lines_are_those_of_the_cell() -> None:
    cell = "import math\n\n\ndef twice(x):\n    # doubled\n    return x * 3\n"
    linecache.cache["<cell of the test>"] = (len(cell), None, cell.splitlines(True), "")
    names: dict[str, Any] = {}
    exec(compile(cell, "<cell of the test>", "exec"), names)
    found = repair(names["twice"], in_cases({(1,): 2, (4,): 8}))
    assert found == Repair(6, "x * 3", "number", "Line 6: `3` is the wrong number in `x * 3`.")
