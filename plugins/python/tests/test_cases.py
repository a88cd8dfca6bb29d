import tempfile
import unittest
from pathlib import Path
from typing import Any

from lgsp_plugin import Ack, Document, Envelope, FieldError, Invalid
from lgsp_plugin.cases import Case, read


class Fixed:
    """A mapper that makes the same of everything."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.got: Envelope | None = None

    def map(self, envelope: Envelope) -> Document:
        self.got = envelope
        if isinstance(self.made, Exception):
            raise self.made
        return self.made if isinstance(self.made, Document) else Document(self.made)


class Echo(Fixed):
    def reply(self, envelope: Envelope, ack: Ack) -> bytes:
        return ack.body


class Cases(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "vidu.thu"

    def one(self, **files: str) -> Case:
        case = self.folder / "cases" / "mot"
        case.mkdir(parents=True, exist_ok=True)
        for old in case.iterdir():
            old.unlink()
        for name, text in files.items():
            (case / name.replace("_", ".")).write_text(text, "utf-8")
        return read(self.folder)[0]

    def test_the_message_is_what_the_daemon_would_hand_over(self) -> None:
        case = self.one(
            in_xml="\ufeff<?xml version='1.0'?>\n<A>Mâ\u0303u</A>",
            want_json="{}",
            case_yaml="doc: Thử\n# x\nsender: 'H29.7'",
        )
        mapper = Fixed({})
        self.assertEqual(case.run(mapper), [])
        assert mapper.got
        self.assertEqual(
            (mapper.got.body.decode(), mapper.got.sender, mapper.got.service),
            ("<A>Mẫu</A>", "H29.7", "vidu.thu"),
        )

    def test_only_what_matters_differs(self) -> None:
        for file, want, got, holds in (
            ("want_json", '{"a": 1, "b": ["x"]}', '{"a":1,"b":["x"]}', True),
            ("want_json", '{"a":1,"b":2}', '{"b":2,"a":1}', False),
            ("want_json", '{"a":1}', '{"a":"1"}', False),
            ("want_json", '{"a":1}', '{"a":1.0}', False),
            ("want_json", "{}", "[]", False),
            ("want_json", "{}", "{", False),
            ("want_xml", '<a xmlns="u"> <b>x</b> </a>', '<p:a xmlns:p="u"><p:b>x</p:b></p:a>', True),
            ("want_xml", '<a k="1" l="2"/>', '<a l="2" k="1"></a>', True),
            ("want_xml", "<a>x</a>", "<a>x </a>", False),
            ("want_xml", "<a> </a>", "<a></a>", False),
            ("want_xml", '<a xmlns="u"/>', '<a xmlns="v"/>', False),
            ("want_xml", "<a><b/><c/></a>", "<a><c/><b/></a>", False),
            ("want_xml", "<a/>", "<a", False),
        ):
            diffs = self.one(in_xml="<A/>", **{file: want}).run(Fixed(got))
            self.assertEqual(not diffs, holds, f"{want} beside {got}: {diffs}")

    def test_errors_are_compared_by_path_and_code(self) -> None:
        bad = Invalid([FieldError("/A/B", "date"), FieldError("/A/C", "missing")])
        for want, made, holds in (
            ("# any order\n/A/C  missing\n/A/B date\n", bad, True),
            ("/A/B date\n", bad, False),
            ("/A/B date\n/A/C missing\n/A/D missing\n", bad, False),
            ("/A/B date\n", {}, False),
            ("/A/B date\n", Invalid([FieldError("/A/B", "date")] * 2), False),
        ):
            self.assertEqual(not self.one(in_xml="<A/>", want_err=want).run(Fixed(made)), holds, want)
        self.assertEqual(len(self.one(in_xml="<A/>", want_json="{}").run(Fixed(bad))), 3)

    def test_what_is_left_to_the_mapping_is_not_compared(self) -> None:
        case = self.one(
            in_xml="<A/>", want_json="{}", case_yaml="legacy_id: HS-1\nlane: L-1\nunit: H29\nla: 1"
        )
        diffs = case.run(Fixed(Document({}, legacy_id="HS-2")))
        self.assertEqual(len(diffs), 2, diffs)
        for files in (
            {"in_xml": "<A", "want_err": "Malformed"},
            {"in_xml": "<A/>", "want_json": "{}", "case_yaml": "charset: tcvn3"},
        ):
            self.assertEqual(self.one(**files).run(Fixed(None)), [])

    def test_warnings_are_compared(self) -> None:
        warned = Document({}, warnings=[FieldError("/A/B", "date"), FieldError("/A/C", "unknown")])
        for side, differ in (
            ("warnings:\n  - /A/C unknown\n  - '/A/B date'\n", 0),
            ("warnings:\n  - /A/B date\n", 1),
            ("doc: x\n", 2),
            ("warnings:\n- /A/B date\n- /A/C unknown\n- /A/D date\n", 1),
        ):
            diffs = self.one(in_xml="<A/>", want_json="{}", case_yaml=side).run(Fixed(warned))
            self.assertEqual(len(diffs), differ, f"{side}: {diffs}")

    def test_a_case_may_come_on_a_day_of_its_own(self) -> None:
        mapper = Fixed({})
        self.one(in_xml="<A/>", want_json="{}", case_yaml="received: 2025-06-30").run(mapper)
        assert mapper.got
        self.assertEqual(mapper.got.received.isoformat(), "2025-06-30T01:00:00+00:00")

    def test_a_case_may_hold_an_answer(self) -> None:
        case = self.one(answer_xml="<?xml version='1.0'?><A><B/></A>", want_xml="<A><B/></A>")
        self.assertEqual(case.run(Echo({})), [])
        self.assertEqual(len(case.run(Fixed({}))), 1)

    def test_cases_that_cannot_be_read_are_errors(self) -> None:
        for files in (
            {"in_xml": "<A/>"},
            {"want_json": "{}"},
            {"in_xml": "<A/>", "want_json": "{}", "case_yaml": "doc"},
            {"in_xml": "<A/>", "want_json": "{}", "case_yaml": "doc: cut off: a line"},
            {"in_xml": "<A/>", "want_json": "{}", "case_yaml": "doc: a # b"},
            {"in_xml": "<A/>", "want_json": "{}", "case_yaml": "doc: [a]"},
            {"in_xml": "<A/>", "want_json": "{}", "case_yaml": 'doc: "a'},
        ):
            with self.assertRaises((ValueError, OSError)):
                self.one(**files)
        (self.folder / "cases" / "mot" / "in.xml").unlink(missing_ok=True)
        with tempfile.TemporaryDirectory() as empty, self.assertRaises(ValueError):
            (Path(empty) / "cases").mkdir()
            read(empty)
