"""A plugin that a person started: it maps files and prints what becomes of them."""

from __future__ import annotations

import argparse
import os
import re
import time
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from .errors import PluginError, text_of
from .mapper import Mapper, Replier
from .words import MAX_MESSAGE, SDK, Ack, Document, Envelope, FieldError, encoded

_DECLARATION = re.compile(r"\A<\?xml\s[^>]*\?>")

_USAGE = """%(prog)s [flags] FILE.xml..."""
_HELP = """A plugin of lgspd. Started by hand it maps sample messages, one a file. Each file is one
message in UTF-8, without its SOAP envelope. What it becomes, or what is wrong with it, is
printed. Exit codes: 0 all were mapped, 1 one was not, 2 wrong usage."""


def main(mapper: Mapper, name: str, version: str, arguments: Sequence[str]) -> int:
    """Do what the arguments say and return the exit code. What a mapper raises
    that is none of this package's errors is raised, with everything that helps a
    person to find it."""
    parser = argparse.ArgumentParser(prog=name, usage=_USAGE, description=_HELP)
    parser.add_argument("--sender", default="H29.1", help="agency code of the department that sends")
    parser.add_argument("--system", default="", help="the department's own system")
    parser.add_argument("--service", default=name, help="service that is called")
    parser.add_argument(
        "--reply",
        metavar="ANSWER",
        help="put the answer of a look-up in this file into the words of whoever sent FILE.xml",
    )
    parser.add_argument("--version", action="version", version=f"{name} {version} ({SDK})")
    parser.add_argument("files", nargs="+", metavar="FILE.xml")
    given = parser.parse_args(arguments)
    code = 0
    for file in given.files:
        try:
            envelope = Envelope(
                id=_new_id(),
                source="file",
                sender=given.sender,
                system=given.system,
                service=given.service,
                received=datetime.now(UTC),
                body=read_xml(file),
            )
            if given.reply:
                _answer(mapper, file, envelope, read_xml(given.reply))
            else:
                _show(file, mapper.map(envelope))
        except PluginError as error:
            _explain(file, error)
            code = 1
        except (OSError, ValueError) as error:
            print(f"{file}: {error}")
            code = 1
    return code


def read_xml(file: str) -> bytes:
    """Return a file as the daemon would hand it over: well-formed, in NFC, without
    a DOCTYPE and without its declaration.

    Raises ValueError for what the daemon would not hand over, OSError when the
    file cannot be read.
    """
    given = Path(file).read_bytes()
    if len(given) > MAX_MESSAGE:
        raise ValueError(f"has {len(given)} bytes, more than a message may have")
    try:
        text = unicodedata.normalize("NFC", given.decode("utf-8-sig")).strip()
        text = _DECLARATION.sub("", text).strip()
        ElementTree.fromstring(text)
    except (UnicodeDecodeError, ElementTree.ParseError) as error:
        raise ValueError(f"is no XML in UTF-8: {error}") from error
    if "<!DOCTYPE" in text:
        raise ValueError("has a DOCTYPE, which the daemon refuses")
    return text.encode()


def _new_id() -> uuid.UUID:
    """Return an id as the daemon gives them: a UUID of version 7."""
    at = time.time_ns() // 1_000_000
    b = bytearray(at.to_bytes(6, "big") + os.urandom(10))
    b[6] = b[6] & 0x0F | 0x70
    b[8] = b[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(b))


def _show(file: str, document: Document) -> None:
    body = document.content().decode(errors="replace").strip()
    print(f"{file}: mapped")
    purpose = document.purpose
    for label, value in (
        ("route", document.route),
        ("own id", document.legacy_id),
        ("lane", document.lane),
        ("subject", document.subject),
        ("procedure", purpose.procedure),
        ("officer", purpose.officer),
        ("unit", purpose.unit),
    ):
        if value:
            print(f"  {label:9} {value}")
    for warning in document.warnings:
        print(f"  doubtful  {_line(warning)}")
    print(body)


def _answer(mapper: Mapper, file: str, envelope: Envelope, answer: bytes) -> None:
    if not isinstance(mapper, Replier):
        raise ValueError("the plugin has no reply, so it answers no look-up")
    made = encoded(mapper.reply(envelope, Ack(ref="", at=envelope.received, body=answer)))
    print(f"{file}: answered\n{made.decode(errors='replace').strip()}")


def _explain(file: str, error: PluginError) -> None:
    code = f" ({error.code})" if error.code else ""
    parts = [f"{error.kind.name.lower().replace('_', ' ')}{code}", error.text, error.cause]
    print(f"{file}: " + ": ".join(p for p in parts if p))
    for field in error.fields:
        print(f"  {_line(field)}")


def _line(field: FieldError) -> str:
    found = f"; found {field.found}" if field.found else ""
    want = f"; want {field.want}" if field.want else ""
    return f"{field.path}  {field.code}: {text_of(field)}{found}{want}"
