"""The cases of a service, for the tests of a mapper.

A folder of cases is what docs/mapping-language.md says. Here the mapper is alone,
so what mapping.yaml would say is left out: cases that want a message refused
before a plugin sees it, and parts of the document that are left to the mapping.
"""

from __future__ import annotations

import json
import unicodedata
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from .errors import PluginError
from .mapper import Mapper, Replier
from .plain import check
from .words import Ack, Document, Envelope, encoded

# What every case is mapped with.
_ID = uuid.UUID("01900000-0000-7000-8000-000000000001")
_RECEIVED = datetime(2026, 1, 5, 1, tzinfo=UTC)
_SENDER = "H29.11"

# The codes of messages that are refused before a plugin sees them.
_OUTSIDE = {"Encoding", "Malformed", "Doctype", "TooDeep", "TooLarge", "Empty", "WrongElement"}
_WANTS = "want.json", "want.xml", "want.err"
_PARTS = "legacy_id", "lane", "subject", "procedure", "officer", "unit"


@dataclass(frozen=True)
class Case:
    """One message, and what a mapper must make of it."""

    name: str  # of its folder
    envelope: Envelope
    outside: bool  # the message never reaches a plugin
    answer: bytes | None  # of a look-up; None = the case is about the message
    file: str  # that holds what is wanted, "want.json"
    want: str
    parts: dict[str, str]  # what case.yaml wants of the document besides its body
    warnings: tuple[str, ...] = ()  # "path code", of a document that is made

    def run(self, mapper: Mapper) -> list[str]:
        """Have a mapper map the message of the case, or put its answer into the
        sender's words, and return what differs from what is wanted, in English.
        A case that never reaches a plugin holds."""
        if self.outside:
            return []
        document = None
        try:
            if self.answer is None:
                document = mapper.map(self.envelope)
                got = document.content()
            elif isinstance(mapper, Replier):
                got = encoded(mapper.reply(self.envelope, Ack("", self.envelope.received, self.answer)))
            else:
                return ["the case holds an answer, and the mapper has no reply"]
        except PluginError as error:
            return self._compare_errors([f"{f.path} {f.code}" for f in error.fields] or [error.code])
        if self.file == "want.err":
            return ["want the errors of want.err, got a document"]
        return self._compare(got.decode()) + (self._compare_parts(document) if document else [])

    def _compare_errors(self, got: list[str]) -> list[str]:
        if self.file != "want.err":
            return ["want a document, got an error", *got]
        want, found = Counter(_lines(self.want)), Counter(got)
        missing = [f"want {line}, which was not reported" for line in (want - found).elements()]
        return missing + [f"got {line}, which is not wanted" for line in (found - want).elements()]

    def _compare(self, got: str) -> list[str]:
        read = _read_json if self.file == "want.json" else _read_xml
        want = read(self.want)
        try:
            same = read(got) == want
        except (ValueError, ElementTree.ParseError) as error:
            return [f"the document cannot be read: {error}"]
        return [] if same else [f"want {self.want.strip()}", f"got {got}"]

    def _compare_parts(self, document: Document) -> list[str]:
        diffs = []
        for key, want in self.parts.items():
            if key not in _PARTS:
                diffs.append(f"case.yaml: there is no key {key}")
                continue
            got = getattr(document if key in _PARTS[:3] else document.purpose, key)
            if got not in ("", want):
                diffs.append(f"{key}: want {want!r}, got {got!r}")
        wanted, told = Counter(self.warnings), Counter(f"{w.path} {w.code}" for w in document.warnings)
        diffs += [f"want the warning {line}, which was not told" for line in (wanted - told).elements()]
        diffs += [f"got the warning {line}, which is not wanted" for line in (told - wanted).elements()]
        return diffs


def read(folder: str | Path) -> list[Case]:
    """Return the cases of a service: the folders in folder/cases. The name of the
    folder is that of the service.

    Raises ValueError when there are none or one is not complete, OSError when one
    cannot be read.
    """
    folder = Path(folder).resolve()
    for side in sorted(folder.glob("cases/*/case.yaml")):
        check(side)
    found = [_read(case, folder.name) for case in sorted((folder / "cases").iterdir()) if case.is_dir()]
    if not found:
        raise ValueError(f"no cases in {folder / 'cases'}")
    return found


def _read(folder: Path, service: str) -> Case:
    envelope = Envelope(_ID, "case", _SENDER, "", service, _RECEIVED, b"")
    parts, warnings, charset = {}, [], False
    for key, value in _aside(folder / "case.yaml"):
        match key:
            case "doc":
                pass
            case "sender":
                envelope = replace(envelope, sender=value)
            case "received":
                day = date.fromisoformat(value)
                envelope = replace(envelope, received=datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
            case "warnings":
                warnings += [value] if value else []
            case "charset":
                charset = True  # only the daemon knows charsets
            case _:
                parts[key] = value
    file = next((name for name in _WANTS if (folder / name).exists()), "")
    if not file:
        raise ValueError(f"{folder}: want one of {', '.join(_WANTS)}")
    want = (folder / file).read_text("utf-8")
    lines = _lines(want)
    outside = charset or file == "want.err" and len(lines) == 1 and lines[0] in _OUTSIDE
    answer = folder / "answer.xml"
    if answer.exists():
        return Case(folder.name, envelope, outside, _handed(answer.read_bytes()), file, want, parts, tuple(warnings))
    body = b"" if outside else _handed((folder / "in.xml").read_bytes())
    return Case(folder.name, replace(envelope, body=body), outside, None, file, want, parts, tuple(warnings))


def _aside(path: Path) -> list[tuple[str, str]]:
    """Return the lines of a case.yaml, each a key and a value. An entry of a list
    has the key of its list."""
    if not path.exists():
        return []
    found: list[tuple[str, str]] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        key, colon, value = line.strip().partition(":")
        if not key or key.startswith("#"):
            continue
        if line.strip().startswith("- ") and found:
            found.append((found[-1][0], line.strip()[2:].strip().strip("\"'")))
            continue
        if not colon:
            raise ValueError(f"{path}:{number}: want a key, a colon and a value on one line")
        found.append((key, value.strip().strip("\"'")))
    return found


def _handed(given: bytes) -> bytes:
    """Return a message as the daemon hands it to a plugin."""
    text = given.decode("utf-8-sig")
    if text.startswith("<?xml"):
        text = text.partition("?>")[2]
    return unicodedata.normalize("NFC", text.lstrip()).encode()


def _lines(text: str) -> list[str]:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _read_json(text: str) -> Any:
    """Return JSON as something that is equal where the order of members and the
    form of numbers are."""
    return json.loads(
        text, object_pairs_hook=lambda pairs: ("{}", pairs), parse_int=_number, parse_float=_number
    )


def _number(text: str) -> tuple[str, str]:
    return "number", text


def _read_xml(text: str) -> Any:
    return _element(ElementTree.fromstring(text))


def _element(e: ElementTree.Element) -> Any:
    """Return an element as something that is equal where prefixes and the spaces
    between elements are all that differs."""
    texts = [e.text or "", *(child.tail or "" for child in e)]
    if len(e):
        texts = [t if t.strip() else "" for t in texts]
    return e.tag, sorted(e.attrib.items()), texts, [_element(child) for child in e]
