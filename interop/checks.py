"""Says how each check went, one line for each, and what a sentence for people has to look like."""

import json
import pathlib
import re
import unicodedata

MARKED = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
GARBLED = re.compile("[?\ufffd\u0080-\u00bf]")  # what UTF-8 read as something else shows
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LONGEST = 1500  # characters of what is shown of a finding


class Checks:
    """Prints a line for each check and remembers whether one failed."""

    def __init__(self, who):
        self.who = who
        self.failed = False

    def check(self, what, holds, found=""):
        """One check; found is shown when it does not hold."""
        print(f"ok {self.who}: {what}" if holds else f"FAIL {self.who}: {what}: {' '.join(str(found).split())[:LONGEST]}", flush=True)
        self.failed = self.failed or not holds
        return holds

    def equal(self, what, got, want):
        return self.check(what, got == want, f"got {got!r}, want {want!r}")

    def end(self):
        """The word that the part went through to its end, and its exit code."""
        print(f"end {self.who}", flush=True)
        return 1 if self.failed else 0


def vietnamese(sentence):
    """Whether it is a whole Vietnamese sentence with its marks, composed and not garbled."""
    return (
        isinstance(sentence, str)
        and sentence == unicodedata.normalize("NFC", sentence)
        and len(MARKED.findall(sentence)) >= 3
        and not GARBLED.search(sentence)
        and sentence.endswith(".")
    )


def read(work, name):
    return json.loads((pathlib.Path(work) / name).read_text("utf-8"))
