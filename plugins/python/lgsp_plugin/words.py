"""The words that the daemon and a plugin speak."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any
from xml.etree import ElementTree

SDK = "python 1"  # what Describe says a plugin was built with
MAX_MESSAGE = 64 << 20  # bytes of one request or response on the wire

_ENVELOPES = (
    "{http://schemas.xmlsoap.org/soap/envelope/}",
    "{http://www.w3.org/2003/05/soap-envelope}",
)


class Kind(IntEnum):
    """Who is at fault, and so what becomes of the message.

    With the first four the world is at fault: the message waits and is mapped
    again. With the others the message is: its sender is told.
    """

    UNKNOWN = 0
    UNAVAILABLE = 1
    DENIED = 2
    THROTTLED = 3
    INVALID = 4
    REFUSED = 5
    CONFLICT = 6
    NOT_FOUND = 7
    FORBIDDEN = 8


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field of a message. It never holds the value found.

    path   where, in the sender's own names: "/DangKy/Tre/NgaySinh"
    code   a stable word: missing, length, pattern, date, code, number, must,
           repeated, unknown, or one of your own
    text   what is wrong, in Vietnamese, and what to do; "" takes the text that
           mappings have for the code
    want   what is expected: "dd/MM/yyyy"
    found  what the value looks like, "9 chữ số", never the value
    """

    path: str
    code: str
    text: str = ""
    want: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message as a department sent it.

    body is well-formed XML in UTF-8 and NFC, without an XML declaration and
    without a DOCTYPE. It may come inside a SOAP envelope: see element.
    """

    id: uuid.UUID
    source: str
    sender: str  # authenticated agency code, "H29.11"
    system: str  # the sender's own system; "" = its credential names none
    service: str
    received: datetime  # UTC
    body: bytes

    def element(self) -> ElementTree.Element:
        """Return the message's own root element: the one child of the SOAP body
        where there is an envelope, else the root of the document.

        Raises ElementTree.ParseError when the body is no XML, which the daemon
        does not send.
        """
        root = ElementTree.fromstring(self.body)
        for space in _ENVELOPES:
            if root.tag == space + "Envelope":
                body = root.find(space + "Body")
                return root if body is None or len(body) == 0 else body[0]
        return root


@dataclass(frozen=True, slots=True)
class Purpose:
    """On whose behalf and for what an exchange is made."""

    procedure: str = ""  # mã dịch vụ công, "1.004222"
    officer: str = ""  # mã cán bộ
    unit: str = ""  # mã đơn vị


@dataclass(frozen=True, slots=True)
class Document:
    """What a mapper made of an envelope.

    body      what the upstream is sent: text, bytes in UTF-8, or whatever json
              writes as an object or a list
    warnings  fields that are doubtful and were taken all the same; the sender
              is told of them
    """

    body: Any
    route: str = ""  # "" = that of mapping.yaml
    legacy_id: str = ""  # the sender's own id of the message
    lane: str = ""  # messages of one lane are delivered in order
    subject: str = ""  # personal id the exchange is about
    purpose: Purpose = field(default_factory=Purpose)
    warnings: Sequence[FieldError] = ()

    def content(self) -> bytes:
        """Return the body as it is sent.

        Raises TypeError when it is nothing that can be sent, and ValueError when
        a text holds what UTF-8 cannot, as half of a pair, or a number is none.
        """
        return encoded(self.body)


@dataclass(frozen=True, slots=True)
class Ack:
    """An upstream's answer to a look-up, filtered before: one XML element."""

    ref: str
    at: datetime  # UTC
    body: bytes


def encoded(body: Any) -> bytes:
    """Return what a mapper made as bytes: text in UTF-8, objects as JSON."""
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (dict, list)):
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    raise TypeError(f"a body of type {type(body).__name__}: want text, bytes, a dict or a list")
