"""What lgspd reads as YAML, and the tests of authors line by line."""

from __future__ import annotations

from pathlib import Path

_SIGNS = tuple("[]{}&*!|>%@`\"'?-,#")


def check(path: Path) -> None:
    """Refuse a file whose values YAML would not read as the texts that stand
    there. A file that is not there is in order.

    Raises ValueError.
    """
    if not path.exists():
        return
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = line.strip()
        value = line[2:] if line.startswith("- ") else line.partition(":")[2]
        if not line.startswith("#") and not _is_plain(value.strip()):
            raise ValueError(f"{path}:{number}: put the value into quotation marks")


def _is_plain(value: str) -> bool:
    for mark in "\"'":
        if len(value) > 1 and value[0] == value[-1] == mark:
            return mark not in value[1:-1] and "\\" not in value
    if value.startswith(_SIGNS) or value.endswith(":"):
        return False
    return ": " not in value and " #" not in value
