import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PLUGIN = Path(__file__).with_name("sample_plugin.py")


class Alone(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, content: str, encoding: str = "utf-8") -> str:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.xml"
        path.write_bytes(content.encode(encoding))
        return str(path)

    def run_plugin(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(PLUGIN), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env={"PYTHONUTF8": "1"},
        )

    def test_a_file_is_mapped_and_everything_of_the_document_is_shown(self) -> None:
        r = self.run_plugin(
            "--sender", "H29.7", self.file('<?xml version="1.0" encoding="UTF-8"?>\n<Vd><So>7</So></Vd>')
        )
        self.assertEqual(r.returncode, 0, r.stdout + r.stderr)
        for want in (
            ": mapped",
            "own id    HS-1",
            "lane      L-1",
            "subject   079190000001",
            "unit      H29.7",
            "doubtful  /Vd/DiaChi",
            '"so":"7"',
        ):
            self.assertIn(want, r.stdout)

    def test_a_bad_message_is_shown_with_every_field_and_fails(self) -> None:
        r = self.run_plugin(self.file("<Vd/>"), self.file("<Vd><Lam>sai</Lam></Vd>"))
        self.assertEqual(r.returncode, 1)
        self.assertIn("invalid (Invalid): Thông điệp có 1 trường sai", r.stdout)
        self.assertIn("/Vd/Ngay  date: Ngày không đúng định dạng", r.stdout)
        self.assertIn("; found 3 chữ số; want dd/MM/yyyy", r.stdout)
        self.assertIn(": mapped", r.stdout)

    def test_an_error_of_the_author_is_shown_with_all_that_helps_to_find_it(self) -> None:
        r = self.run_plugin(self.file("<Vd><Lam>hong</Lam></Vd>"))
        self.assertEqual(r.returncode, 1)
        self.assertIn("sample_plugin.py", r.stderr)
        self.assertIn("KeyError: '079190000001'", r.stderr)

    def test_an_answer_is_put_into_the_words_of_who_asked(self) -> None:
        r = self.run_plugin("--reply", self.file("<CongDan/>"), self.file("<Hoi/>"))
        self.assertEqual(r.returncode, 0, r.stdout + r.stderr)
        self.assertIn("<TraLoi>", r.stdout)

    def test_letters_in_pieces_are_put_together(self) -> None:
        r = self.run_plugin(self.file("<Vd><So>Mẫ́u</So></Vd>".replace("Mẫ́u", "Ma\u0302\u0303u")))
        self.assertIn('"so":"Mẫu"', r.stdout)

    def test_what_the_daemon_would_not_hand_over_is_refused(self) -> None:
        for file, want in (
            (self.file("<Vd>"), "is no XML in UTF-8"),
            (self.file("<Vd>Mẫu</Vd>", "utf-16"), "is no XML in UTF-8"),
            (self.file('<!DOCTYPE Vd [<!ENTITY a "b">]><Vd>&a;</Vd>'), "has a DOCTYPE"),
            (str(self.folder / "none.xml"), "No such file"),
        ):
            r = self.run_plugin(file)
            self.assertEqual(r.returncode, 1, file)
            self.assertIn(want, r.stdout)

    def test_wrong_usage_ends_with_2_and_the_version_can_be_asked_for(self) -> None:
        self.assertEqual(self.run_plugin().returncode, 2)
        self.assertEqual(self.run_plugin("--no-such-flag").returncode, 2)
        self.assertEqual(self.run_plugin("--version").stdout, "mau 1.2.3 (python 1)\n")
