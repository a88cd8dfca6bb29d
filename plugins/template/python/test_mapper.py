import unittest
from pathlib import Path

from lgsp_plugin.cases import read
from mapper import Mapper


class Cases(unittest.TestCase):
    """The cases are messages of the department, each with what must become of it."""

    def test_the_cases_hold(self) -> None:
        for case in read(Path(__file__).parent / "services" / "ten-plugin"):
            with self.subTest(case.name):
                self.assertEqual(case.run(Mapper()), [])


if __name__ == "__main__":
    unittest.main()
