import unittest
import uuid
from datetime import UTC, datetime
from pathlib import Path

from lgsp_plugin import Envelope, Invalid
from lgsp_plugin.cases import read
from mapper import MOST_PEOPLE, Mapper


def envelope(text: str) -> Envelope:
    body = f'<GuiDanhSach xmlns="urn:vidu:danh-sach"><MaDot>1</MaDot><DuLieu>{text}</DuLieu></GuiDanhSach>'
    return Envelope(
        uuid.UUID(int=1),
        "soap",
        "H29.11",
        "",
        "vidu.danh-sach",
        datetime(2026, 1, 5, tzinfo=UTC),
        body.encode(),
    )


class Lists(unittest.TestCase):
    def test_the_cases_hold(self) -> None:
        for case in read(Path(__file__).parent / "services" / "vidu.danh-sach"):
            with self.subTest(case.name):
                self.assertEqual(case.run(Mapper()), [])

    def test_a_list_has_so_many_people_at_most(self) -> None:
        line = "N|1|Nguyễn Thị Mẫu|1990|nu|\n"
        self.assertEqual(
            Mapper().map(envelope(f"D|1|20260105|{MOST_PEOPLE}\n" + line * MOST_PEOPLE)).body["soNguoi"],
            MOST_PEOPLE,
        )
        with self.assertRaises(Invalid) as caught:
            Mapper().map(envelope(f"D|1|20260105|{MOST_PEOPLE + 1}\n" + line * (MOST_PEOPLE + 1)))
        self.assertEqual([f.code for f in caught.exception.fields], ["length"])

    def test_no_value_is_repeated_in_an_error(self) -> None:
        with self.assertRaises(Invalid) as caught:
            Mapper().map(
                envelope(
                    "D|1|2026|9\nN|079190000001|Trần Văn Thử|079190000001|079190000001|x079190000001\nhỏng 079190000001"
                )
            )
        for field in caught.exception.fields:
            self.assertNotIn("079190000001", str(field))
