"""Files that cannot be opened are named, in one sentence that says what would help."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from wsedu.recording import Recording

from .wires import Packet, Wire, ipv4, pcap

ACCESS = '127.0.0.1 - - [27/Nov/2026:10:08:48 +0000] "GET /chat HTTP/1.1" 426 75 "-" "-"\n'
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name if "." in name else name.replace("_", "."), data)
    return content.getvalue()


def tarred() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return content.getvalue()


def tls() -> bytes:
    wire = Wire()
    wire.send("client", HELLO)
    wire.send("server", b"\x17\x03\x03\x00\x10" + bytes(16))
    return pcap(wire.packets)


FILES: dict[str, tuple[Any, str]] = {
    "empty": (b"", "The file is empty"),
    "blank": (b" \r\n ", "nothing but spaces"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + bytes(20), r"picture or document \(PNG\)"),
    "a PDF": (b"%PDF-1.7\n", r"picture or document \(PDF\)"),
    "a program": (b"\x7fELF\x02\x01", "a program"),
    "a database": (b"SQLite format 3\0", "SQLite"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2"),
    "HTTP/2 in hex": (b"50 52 49 20 2a 20 48 54 54 50 2f 32 2e 30 0d 0a", "HTTP/2"),
    "a proxy's line": (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n", "of a proxy"),
    "SSH": (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
    "a ClientHello": (HELLO, "TLS ClientHello"),
    "a ClientHello in hex": (HELLO.hex(":").encode(), "TLS ClientHello"),
    "an alert": (b"\x15\x03\x03\x00\x02\x01\x00", "a record of TLS"),
    "another record": (b"\x17\x03\x03\x00\x10" + bytes(16), "a record of TLS"),
    "a debug log": (b"> TEXT 'hello' [5 bytes]\n", "debug log of the library websockets"),
    "tshark's summary": (
        b"    1   0.000000    127.0.0.1 \xe2\x86\x92 127.0.0.1",
        "tshark or Wires",
    ),
    "tshark's details": (b"Frame 1: 74 bytes on wire", "without their bytes"),
    "a followed text": (b"\n===\nFollow: tcp,ascii\nFilter: x\n", "follow it as hex, raw or YAML"),
    "a page": (b"\n<!DOCTYPE html>\n<title>404</title>", "a web page"),
    "XML": (b'<?xml version="1.0"?>', "XML"),
    "a key log": (b"CLIENT_RANDOM 00", "keys of TLS"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(9), "compressed with zstd"),
    "a damaged gzip": (b"\x1f\x8b not gzip", "gzip and is damaged"),
    "a cut gzip": (gzip.compress(b"hello")[:9], "gzip and is damaged or empty"),
    "gzip of a PNG": (gzip.compress(b"\x89PNG\r\n\x1a\n"), "PNG"),
    "gzip of text": (gzip.compress(b"hello there"), 'text, "hello there"'),
    "zlib of text": (zlib.compress(b"hello there"), 'text, "hello there"'),
    "a damaged zlib": (b"\x78\x9c\xff\xff", "zlib and is damaged"),
    "a zip": (zipped(a_txt=b"x"), "zip archive without a HAR"),
    "a damaged zip": (b"PK\3\4" + bytes(30), "zip and is damaged"),
    "a zip whose HAR is damaged": (
        zipped(a_har=b"xxxxxxxxxxxxxxxxxxxxxx").replace(b"\x03\x00", b"\x03\x01", 1)[:34]
        + b"\xff" * 9
        + zipped(a_har=b"xxxxxxxxxxxxxxxxxxxxxx")[43:],
        "zip and is damaged",
    ),
    "a notebook": (json.dumps({"nbformat": 4, "cells": []}), "a Jupyter notebook"),
    "tshark's JSON": (json.dumps([{"_source": {"layers": {}}}]), "JSON of tshark"),
    "a HAR without entries": (json.dumps({"log": {}}), "list of entries is missing"),
    "JSON": (json.dumps({"a": 1, "b": 2}), "begins with 'a', 'b'"),
    "a list": (json.dumps(["a"]), r"begins with \["),
    "no fields": ("{}", r"begins with \{"),
    "a string": ('"hello"', "seems to be text"),
    "text": ("Dear sir,\x1b[0m or madam", 'seems to be text, "Dear sir,·\\[0m or madam"'),
    "a long text": ("word " * 100, "seems to be text"),
    "text of another language": ("Привет, мир", "Привет, мир"),
    "a truth": ("true", "seems to be text"),
    "deep JSON": ("[" * 100_000, "seems to be text"),
    "bytes": (b"\x07\x00\xfe\xed\xfa\xce", "no frame begins with its first bytes, 07 00 fe ed"),
    "zeros": (b"text\0\0\0\0", "no frame begins"),
    # Pictures, documents, programs and data, some of which begin like a frame.
    "a bitmap": (
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + bytes(60),
        r"picture or document \(BMP\)",
    ),
    "a video": (b"\0\0\0\x20ftypisom\0\0\2\0", r"a sound, a video or a font \(MP4\)"),
    "a font": (b"wOF2" + bytes(20), "WOFF2"),
    "WebAssembly": (b"\0asm\1\0\0\0", "a program"),
    "a pickle": (pickle.dumps({"a": 1}, 4), r"data \(pickle\)"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(8), "HDF5"),
    "a certificate": (b"\x30\x82\x03\x10\x30\x82\x01\xf8", "SSLKEYLOGFILE"),
    "a certificate as text": ("-----BEGIN CERTIFICATE-----\nMIIB\n", "certificate or a key"),
    "a session of Charles": (b"\xac\xed\x00\x05sr\x00\x1e", "a program in Java, Charles"),
    "a session of Charles as JSON": (
        json.dumps(
            [{"status": "COMPLETE", "protocolVersion": "HTTP/1.1", "scheme": "http", "host": "a"}]
        ),
        "session of Charles as JSON",
    ),
    # Archives, and files that are compressed.
    "a tar": (tarred(), r"an archive \(tar\)"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
    "bzip2": (bz2.compress(b"hello"), "compressed with bzip2"),
    "xz": (lzma.compress(b"hello"), "compressed with xz"),
    "lz4": (b"\x04\x22\x4d\x18" + bytes(9), "compressed with lz4"),
    "Fiddler's saz": (zipped(**{"raw/1_c.txt": b"GET / HTTP/1.1"}), "archive of Fiddler"),
    "Playwright's trace": (zipped(trace_trace=b"{}"), "trace of Playwright"),
    "a zip with a capture": (zipped(**{"a/talk_pcapng": b"x"}), '"a/talk.pcapng" in it'),
    "an office document": (zipped(**{"word/document_xml": b"x"}), r"document \(Office\)"),
    "a jar": (zipped(**{"META-INF/MANIFEST_MF": b"x"}), "a program"),
    # Logs and tables.
    "a log of nginx": (ACCESS, r"a log \(web server\)"),
    "gzip of a log": (gzip.compress(ACCESS.encode()), r"a log \(web server\)"),
    "an error log of nginx": ("2026/11/27 10:08:48 [error] 1#1: *1 connect() failed\n", "nginx"),
    "syslog": ("Nov 27 10:00:00 host app[1]: started\n", "syslog"),
    "journald": (b"LPKSHHRH" + bytes(99), "systemd"),
    "an export of journald": ("__CURSOR=s=1\nMESSAGE=hello\n", "systemd"),
    "evtx": (b"ElfFile\0" + bytes(99), "Windows"),
    "lines of JSON": ('{"level":"info","msg":"a"}\n{"level":"info","msg":"b"}\n', "a log"),
    "a table": ("id,name\n1,Ann\n2,Bob\n", "a table"),
    "Wireshark's table": (
        '"No.","Time","Source","Destination"\n"1","0","a","b"\n',
        "without their",
    ),
    "PDML": ('<?xml version="1.0"?>\n<pdml version="0">', "PDML of Wireshark"),
    # Text.
    "a traceback": ("Traceback (most recent call last):\n  File\n", "an error message"),
    "an error of Node": ("Error: socket hang up\n    at connResetException\n", "an error message"),
    "an error of a browser": ("WebSocket connection to 'ws://a/' failed: \n", "an error message"),
    "an address": ("wss://example.com/chat\n", "an address"),
    "a command": ("curl -i -N http://example.com/\n", "a command"),
    "a program's source": ("import asyncio\nimport websockets\n", "source of a program"),
    "two lines": ("Hello\nthere\n", "seems to be text"),
    # JSON.
    "an export of Postman": (
        json.dumps({"info": {"_postman_id": "1", "name": "chat"}, "item": []}),
        "JSON of Postman",
    ),
    "a package": (json.dumps({"name": "a", "dependencies": {}}), "JSON of npm"),
    "a report of Autobahn": (
        json.dumps({"agent": "a", "id": "1.1.1", "wirelog": [["RO", [2, "8100"]]]}),
        "report of the Autobahn test suite",
    ),
    "an index of Autobahn": (
        json.dumps({"a": {"1.1.1": {"behavior": "OK", "behaviorClose": "OK"}}}),
        "report of the Autobahn test suite",
    ),
    "a net log": (json.dumps({"constants": {"logEventTypes": {}}, "events": []}), "net log"),
    "a browser's trace": (json.dumps({"traceEvents": []}), "performance trace"),
    "messages of the DevTools protocol": (
        '{"method":"Network.webSocketCreated"}\n{"method":"Network.webSocketFrameSent"}\n',
        "DevTools protocol",
    ),
    "a list of them": (json.dumps([{"method": "Network.webSocketCreated"}]), "DevTools protocol"),
    # Captures without a WebSocket.
    "only UDP": (pcap([Packet(ipv4(bytes(8), protocol=17))]), "1 of them UDP"),
    "802.11": (pcap([Packet(b"\x08\0" + bytes(40), link=105)]), "link type 105"),
    "only TLS": (tls(), "encrypted .TLS.: get the keys"),
    "an older recording": (
        json.dumps({"format": "wsedu recording", "version": 9}),
        "unknown version 9",
    ),
    "a pcap without packets": (b"\xd4\xc3\xb2\xa1" + bytes(20), "no packets"),
    "a cut pcap": (b"\xd4\xc3\xb2\xa1", "begins like a pcap file and ends after 4 bytes"),
    "nothing that socat saw": (
        "> 2026/11/27 02:04:37.000  length=0 from=0 to=0\n--\n",
        "seems to be text",
    ),
    "no bytes in a list": ("<Buffer >", "seems to be text"),
}


@pytest.mark.parametrize(("data", "sentence"), FILES.values(), ids=FILES)
def test_what_cannot_be_opened_is_named(data: Any, sentence: str, tmp_path: Path) -> None:
    content = data.encode() if isinstance(data, str) else data
    (tmp_path / "file").write_bytes(content)
    for source in (content, tmp_path / "file", str(tmp_path / "file")):
        with pytest.raises(ValueError, match=sentence) as raised:
            Recording.open(source)
        assert "\n" not in str(raised.value) and len(str(raised.value)) < 400


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Recording.open(tmp_path / "nothing")
    with pytest.raises(IsADirectoryError):
        Recording.open(tmp_path)
