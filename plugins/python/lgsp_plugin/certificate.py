"""The certificate by which the daemon knows that it speaks to the program that it
started.

It is made here, with nothing but Python's own library, because a plugin may start
no other program, and that library reads certificates but makes none. Key and
signature serve one start on one machine, over a socket of the daemon's; whoever
could measure how long the arithmetic takes has the memory of the process as well.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import secrets

# P-256 (SEC 2, secp256r1), because gRPC of the package index takes no certificate
# of P-521. The curve is y² = x³ - 3x + b over the integers modulo _P.
_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_BYTES = 32  # of a number

_LIFE = datetime.timedelta(days=3650)
_SLACK = datetime.timedelta(hours=1)  # by which clocks may differ

_Point = tuple[int, int]


def make_certificate() -> tuple[bytes, bytes]:
    """Return a new private key and its certificate, signed with it, both as PEM.

    Neither touches the disk.
    """
    key = secrets.randbelow(_N - 1) + 1
    x, y = _times(key, _G)
    public = b"\x04" + x.to_bytes(_BYTES, "big") + y.to_bytes(_BYTES, "big")
    body = _body(public, datetime.datetime.now(datetime.timezone.utc))
    certificate = _sequence(body, _sequence(_ECDSA_WITH_SHA256), _bits(_sign(key, body)))
    return _pem("PRIVATE KEY", _private(key, public)), _pem("CERTIFICATE", certificate)


def _add(a: _Point | None, b: _Point | None) -> _Point | None:
    """Add two points of the curve. None is the point at infinity."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % _P == 0:
        return None
    if a == b:
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, _P) % _P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, _P) % _P
    x = (slope * slope - a[0] - b[0]) % _P
    return x, (slope * (a[0] - x) - a[1]) % _P


def _times(n: int, point: _Point) -> _Point:
    """Add a point of the group n times, which is no multiple of its order."""
    total: _Point | None = None
    power: _Point | None = point
    while n:
        if n & 1:
            total = _add(total, power)
        power = _add(power, power)
        n >>= 1
    assert total is not None
    return total


def _sign(key: int, message: bytes) -> bytes:
    """Sign a message as ECDSA with SHA-256 does (FIPS 186-5, 6.4.1)."""
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    while True:
        once = secrets.randbelow(_N - 1) + 1
        r = _times(once, _G)[0] % _N
        s = pow(once, -1, _N) * (digest + r * key) % _N
        if r and s:
            return _sequence(_integer(r), _integer(s))


# What follows writes DER (X.690) as RFC 5280 and RFC 5958 want it.


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, *parts)


def _integer(n: int) -> bytes:
    return _der(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def _bits(content: bytes, unused: int = 0) -> bytes:
    return _der(0x03, bytes([unused]), content)


def _identifier(text: str) -> bytes:
    first, second, *others = map(int, text.split("."))
    content = bytearray([40 * first + second])
    for n in others:
        groups = [n & 0x7F]
        while n := n >> 7:
            groups.append(n & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return _der(0x06, bytes(content))


def _time(at: datetime.datetime) -> bytes:
    if at.year < 2050:  # RFC 5280, 4.1.2.5
        return _der(0x17, at.strftime("%y%m%d%H%M%SZ").encode())
    return _der(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())


_ECDSA_WITH_SHA256 = _identifier("1.2.840.10045.4.3.2")
_KEY_KIND = _sequence(_identifier("1.2.840.10045.2.1"), _identifier("1.2.840.10045.3.1.7"))
_NAME = _sequence(_der(0x31, _sequence(_identifier("2.5.4.3"), _der(0x0C, b"localhost"))))
_TRUE = _der(0x01, b"\xff")


def _extension(identifier: str, value: bytes, critical: bool = False) -> bytes:
    return _sequence(_identifier(identifier), _TRUE if critical else b"", _der(0x04, value))


_USES = _sequence(
    _extension("2.5.29.17", _sequence(_der(0x82, b"localhost"))),  # subjectAltName
    _extension("2.5.29.19", _sequence(_TRUE), critical=True),  # basicConstraints: it signs itself
    _extension("2.5.29.15", _bits(b"\x84", unused=2), critical=True),  # digitalSignature, keyCertSign
    _extension("2.5.29.37", _sequence(_identifier("1.3.6.1.5.5.7.3.1"), _identifier("1.3.6.1.5.5.7.3.2"))),
)


def _body(public: bytes, now: datetime.datetime) -> bytes:
    """Return what is signed of a certificate."""
    return _sequence(
        _der(0xA0, _integer(2)),  # version 3
        _integer(secrets.randbits(120) + 1),
        _sequence(_ECDSA_WITH_SHA256),
        _NAME,
        _sequence(_time(now - _SLACK), _time(now + _LIFE)),
        _NAME,
        _sequence(_KEY_KIND, _bits(public)),
        _der(0xA3, _USES),
    )


def _private(key: int, public: bytes) -> bytes:
    """Return a private key in the form of RFC 5958 around that of RFC 5915."""
    own = _sequence(_integer(1), _der(0x04, key.to_bytes(_BYTES, "big")), _der(0xA1, _bits(public)))
    return _sequence(_integer(0), _KEY_KIND, _der(0x04, own))


def _pem(label: str, content: bytes) -> bytes:
    text = base64.b64encode(content).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
