"""Ambiguous requests: each is a byte string, and how many requests it can mean to a reader who takes the standard at its word.

What hides in some of them is a whole POST /v1/reservations that a careless reader would execute; its reference says so."""
import dataclasses
import json

BODY = b'{"lines":[{"sku":"A","quantity":1}]}'
HEAD = b"POST /v1/availability/check HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
GET = b"GET /v1/orders?limit=1 HTTP/1.1\r\nHost: hub\r\n"


@dataclasses.dataclass
class Case:
    name: str
    data: bytes
    meant: int = 1  # requests, at most


def reservation(sku, location, reference):
    body = json.dumps({"reference": reference, "ttl_seconds": 600, "lines": [{"sku": sku, "quantity": "1", "location": location}]}).encode()
    return (b"POST /v1/reservations HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nIdempotency-Key: " + reference.encode()
            + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def length(data):
    return b"Content-Length: %d\r\n" % len(data)


def chunked(data):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


CHUNKED = b"Transfer-Encoding: chunked\r\n"


def framings(hidden):
    """Two framings at once, or one that can be read in two ways."""
    short = chunked(BODY) + hidden  # chunk readers stop before `hidden`, length readers do not
    long = chunked(BODY + hidden)  # length readers of a short length go on within it
    whole = BODY + hidden
    yield "length and chunked", HEAD + length(short) + CHUNKED + b"\r\n" + short
    yield "chunked and length", HEAD + CHUNKED + length(short) + b"\r\n" + short
    yield "short length and chunked", HEAD + length(b"%x\r\n" % len(BODY + hidden)) + CHUNKED + b"\r\n" + long
    for name, field in {
        "xchunked": b"Transfer-Encoding: xchunked", "capital": b"Transfer-Encoding: Chunked", "identity": b"Transfer-Encoding: identity",
        "chunked, identity": b"Transfer-Encoding: chunked, identity", "identity, chunked": b"Transfer-Encoding: identity, chunked",
        "quoted": b'Transfer-Encoding: "chunked"', "parameter": b"Transfer-Encoding: chunked;q=1", "vertical tab": b"Transfer-Encoding: \x0bchunked",
        "trailing tab": b"Transfer-Encoding: chunked\t", "comma": b"Transfer-Encoding: ,chunked", "empty": b"Transfer-Encoding:",
        "space before colon": b"Transfer-Encoding : chunked", "underscore": b"Transfer_Encoding: chunked", "NUL in name": b"Transfer-Encoding\0: chunked",
        "folded": b"Transfer-Encoding:\r\n chunked", "folded name": b" Transfer-Encoding: chunked", "twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "after a bare LF": b"X-A: b\nTransfer-Encoding: chunked", "after a bare CR": b"X-A: b\rTransfer-Encoding: chunked", "behind NUL": b"X-A: b\0\r\nTransfer-Encoding: chunked",
        "high byte": b"Transfer-Encoding: chunked\xa0", "named in Connection": b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    }.items():
        yield f"coding {name}, with length", HEAD + length(short) + field + b"\r\n\r\n" + short
        yield f"coding {name}, alone", HEAD + field + b"\r\n\r\n" + long
    good = b"%d" % len(BODY)
    for name, value in {"plus": b"+" + good, "minus": b"-" + good, "hexadecimal": b"0x24", "list": good + b", " + good, "other list": good + b", 0", "zeros": b"0" * 30 + good,
                        "parameter": good + b";x", "huge": b"9" * 30, "wraps": b"%d" % (2 ** 64 + len(BODY)), "empty": b"", "letters": b"abc", "inner blank": b"3 6",
                        "quoted": b'"' + good + b'"', "decimal point": good + b".0"}.items():
        yield f"length {name}", HEAD + b"Content-Length: " + value + b"\r\n\r\n" + whole
    yield "two lengths, equal", HEAD + length(BODY) * 2 + b"\r\n" + BODY
    yield "two lengths, short first", HEAD + length(BODY) + length(whole) + b"\r\n" + whole
    yield "two lengths, long first", HEAD + length(whole) + length(BODY) + b"\r\n" + whole
    yield "a zero length in between", HEAD + length(whole) + b"content-length: 0\r\n\r\n" + whole
    yield "length with underscore", HEAD + length(whole) + b"Content_Length: 0\r\n\r\n" + whole
    yield "length with a space before its colon", HEAD + length(whole) + b"Content-Length : 0\r\n\r\n" + whole
    yield "length folded", HEAD + b"Content-Length:\r\n %d\r\n\r\n" % len(BODY) + whole
    yield "length named in Connection", HEAD + b"Connection: keep-alive, Content-Length\r\n" + length(whole) + b"\r\n" + whole
    yield "HTTP/1.0 chunked", HEAD.replace(b"1.1", b"1.0") + CHUNKED + b"\r\n" + short
    yield "HTTP/1.0 chunked kept alive", HEAD.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n" + length(short) + CHUNKED + b"\r\n" + short


def bodies_where_none_is_expected(hidden):
    for method in (b"GET", b"HEAD", b"DELETE", b"OPTIONS", b"BREW"):
        head = GET.replace(b"GET", method, 1)
        yield f"{method.decode()} with a body", head + b"Content-Type: application/json\r\n" + length(hidden) + b"\r\n" + hidden
        yield f"{method.decode()} with chunks", head + b"Content-Type: application/json\r\n" + CHUNKED + b"\r\n" + chunked(hidden)
    yield "CONNECT", b"CONNECT hub:80 HTTP/1.1\r\nHost: hub\r\n\r\n" + hidden
    yield "after close", HEAD + b"Connection: close\r\n" + length(BODY) + b"\r\n" + BODY + hidden
    yield "after close in a second field", HEAD + b"Connection: keep-alive\r\nConnection: close\r\n" + length(BODY) + b"\r\n" + BODY + hidden
    yield "expects cake", HEAD + b"Expect: cake\r\n" + length(hidden) + b"\r\n" + hidden
    yield "expects 100 of a refused call", b"POST /v1/nothing HTTP/1.1\r\nHost: hub\r\nExpect: 100-continue\r\n" + length(hidden) + b"\r\n" + hidden
    yield "expects 100", HEAD + b"Expect: 100-continue\r\n" + length(hidden) + b"\r\n" + hidden
    yield "refused for its type", HEAD.replace(b"application/json", b"text/plain") + length(hidden) + b"\r\n" + hidden
    yield "upgrade to h2c", GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n" + length(hidden) + b"\r\n" + hidden
    yield "upgrade to websocket", GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + length(hidden) + b"\r\n" + hidden
    yield "method override", HEAD + b"X-HTTP-Method-Override: GET\r\n" + length(hidden) + b"\r\n" + hidden


def chunks(hidden):
    """Bodies whose chunks can be read in two ways."""
    size = b"%x" % len(BODY)
    rest = b"\r\n" + BODY + b"\r\n0\r\n\r\n"
    start = HEAD + CHUNKED + b"\r\n"
    for name, line in {"0x": b"0x" + size, "plus": b"+" + size, "minus": b"-1", "leading blank": b" " + size, "trailing blank": size + b" ", "zeros": b"0" * 40 + size,
                       "overflow": b"1" + b"0" * 16 + size, "quoted": b'"' + size + b'"', "empty": b"", "letters": b"zz", "bare CR": size + b"\r", "NUL": size + b"\0"}.items():
        yield f"chunk size {name}", start + line + rest + hidden
    yield "chunk size ends in LF", start + size + b"\n" + BODY + b"\r\n0\r\n\r\n" + hidden
    yield "LF in an extension", start + size + b";a\n" + BODY + b"\r\n0\r\n\r\n" + hidden
    yield "extension that hides a chunk", start + b"2;\nxx\r\n" + size + rest + hidden
    yield "quoted CRLF in an extension", start + size + b';a="\r\n0\r\n\r\n"' + rest + hidden
    yield "extension without a name", start + size + b";" + rest
    yield "extension, proper", start + size + b";a=b" + rest
    yield "extension of 70 kB", start + size + b";a=" + b"b" * 70000 + rest + hidden
    yield "data longer than its size", start + b"5\r\n" + BODY + b"\r\n0\r\n\r\n" + hidden
    yield "data without an end", start + size + b"\r\n" + BODY + b"0\r\n\r\n" + hidden
    yield "data ends in LF", start + size + b"\r\n" + BODY + b"\n0\r\n\r\n" + hidden
    yield "last chunk of many zeros", start + size + b"\r\n" + BODY + b"\r\n0000\r\n\r\n"
    yield "hidden in a chunk", start + chunked(hidden)
    yield "trailer, proper", start + size + b"\r\n" + BODY + b"\r\n0\r\nX-Checksum: 1\r\n\r\n"
    for name, line in {"length": b"Content-Length: 5", "host": b"Host: other", "authorization": b"Authorization: Bearer x", "identity": b"X-User: root", "no colon": b"GET /v1/orders HTTP/1.1",
                       "folded": b"X-A: b\r\n c", "bare LF": b"X-A: b\nX-C: d", "underscore": b"X_A: b", "70 kB": b"X-A: " + b"a" * 70000}.items():
        yield f"trailer {name}", start + size + b"\r\n" + BODY + b"\r\n0\r\n" + line + b"\r\n\r\n" + (hidden if name not in ("underscore", "identity", "authorization") else b"")
    yield "trailer without an end", start + size + b"\r\n" + BODY + b"\r\n0\r\n" + hidden


def heads(hidden):
    inside = length(hidden) + b"\r\n" + hidden
    post = b"Content-Type: application/json\r\n"
    for name, line in {
        "two blanks": b"POST  /v1/availability/check HTTP/1.1", "tab": b"POST\t/v1/availability/check\tHTTP/1.1", "trailing blank": b"POST /v1/availability/check HTTP/1.1 ",
        "leading blank": b" POST /v1/availability/check HTTP/1.1", "HTTP/1.2": b"POST /v1/availability/check HTTP/1.2", "HTTP/2.0": b"POST /v1/availability/check HTTP/2.0",
        "lower-case protocol": b"POST /v1/availability/check http/1.1", "two protocols": b"POST /v1/availability/check HTTP/1.1 HTTP/1.1", "no protocol": b"POST /v1/availability/check",
        "NUL in target": b"POST /v1/availability/check\0 HTTP/1.1", "CR in target": b"POST /v1/availability\r/check HTTP/1.1", "encoded CRLF": b"POST /v1/availability/check?a=%0d%0aHost:%20x HTTP/1.1",
        "fragment": b"POST /v1/availability/check#x HTTP/1.1", "backslash": b"POST /v1\\availability/check HTTP/1.1", "dots": b"POST /v1/x/../availability/check HTTP/1.1",
        "encoded dots": b"POST /v1/x/%2e%2e/availability/check HTTP/1.1", "absolute": b"POST http://hub/v1/availability/check HTTP/1.1",
        "absolute, other host": b"POST http://other/v1/availability/check HTTP/1.1", "absolute, user": b"POST http://hub@other/v1/availability/check HTTP/1.1",
        "absolute, https": b"POST https://hub/v1/availability/check HTTP/1.1", "no slash": b"POST v1/availability/check HTTP/1.1", "lower-case method": b"post /v1/availability/check HTTP/1.1",
        "long": b"POST /v1/availability/check?" + b"a" * 9000 + b" HTTP/1.1",
    }.items():
        yield f"request line {name}", line + b"\r\nHost: hub\r\n" + post + inside
    for name, fields in {
        "no host": b"", "two hosts": b"Host: hub\r\nHost: other\r\n", "equal hosts": b"Host: hub\r\nHost: hub\r\n", "empty host": b"Host:\r\n", "host list": b"Host: hub, other\r\n",
        "host with a path": b"Host: hub/x\r\n", "host with a blank": b"Host: hub x\r\n", "host folded": b"Host: hub\r\n other\r\n", "host after a blank": b"Host : hub\r\n",
        "host named in Connection": b"Host: hub\r\nConnection: Host\r\n", "field without colon": b"Host: hub\r\nnonsense\r\n", "field without name": b"Host: hub\r\n: x\r\n",
        "NUL in a value": b"Host: hub\r\nX-A: a\0b\r\n", "bare CR in a value": b"Host: hub\r\nX-A: a\rX-B: c\r\n", "bare LF in a value": b"Host: hub\r\nX-A: a\nX-B: c\r\n",
        "folded value": b"Host: hub\r\nX-A: a\r\n b\r\n", "underscore": b"Host: hub\r\nX_User: root\r\n", "bracket in a name": b"Host: hub\r\nX[A]: b\r\n",
        "high byte in a name": b"Host: hub\r\nX-\xe4: b\r\n", "two keys": b"Host: hub\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\n", "two credentials": b"Host: hub\r\nAuthorization: a\r\nAuthorization: b\r\n",
        "field of 70 kB": b"Host: hub\r\nX-A: " + b"a" * 70000 + b"\r\n", "500 fields": b"Host: hub\r\n" + b"X-A: b\r\n" * 500,
    }.items():
        yield f"head {name}", b"POST /v1/availability/check HTTP/1.1\r\n" + fields + post + inside
    yield "HTTP/0.9", b"GET /v1/orders?limit=1\r\n"
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"
    yield "TLS hello", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\0" * 64 + b"\r\n\r\n"
    yield "PROXY line", b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + GET + b"\r\n"
    yield "bare LF everywhere", (GET + b"\r\n").replace(b"\r\n", b"\n")
    yield "empty lines before", b"\r\n\r\n" + GET + b"\r\n"
    yield "OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: hub\r\n\r\n"
    yield "a body cut short", HEAD + length(BODY + hidden) + b"\r\n" + BODY


def corpus(sku, location, leg):
    """All cases, for one way to the hub: hidden reservations carry its name."""
    number = 0
    made = [Case("GET", GET + b"\r\n"), Case("POST", HEAD + length(BODY) + b"\r\n" + BODY), Case("chunked", HEAD + CHUNKED + b"\r\n" + chunked(BODY)),
            Case("two, pipelined", (GET + b"\r\n") * 2, 2), Case("POST and GET, pipelined", HEAD + length(BODY) + b"\r\n" + BODY + GET + b"\r\n", 2),
            Case("chunked and GET, pipelined", HEAD + CHUNKED + b"\r\n" + chunked(BODY) + GET + b"\r\n", 2),
            Case("a reservation behind a question, both meant", GET + b"\r\n" + reservation(sku, location, f"meant-{leg}"), 2)]
    for family in (framings, bodies_where_none_is_expected, chunks, heads):
        for name, _ in family(b""):
            hidden = reservation(sku, location, f"smuggled-{leg}-{number}")
            data = dict(family(hidden))[name]
            made.append(Case(name, data))
            number += 1
    return made
