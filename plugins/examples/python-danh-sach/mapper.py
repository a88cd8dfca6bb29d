"""Reads lists of people that an old system sends as lines of text inside one
element, which rules of a mapping cannot take apart.

    D|1|20260105|2                                  kind, layout, day, how many follow
    N|001|Nguyễn Thị Mẫu|05/01/1990|nu|001190000001
    N|002|Trần Văn Thử \\| Mẫu|1985|nam|

A ``\\`` before a ``|`` makes it a part of the text. Layout 2 has the personal id
before the name. Every bad line is reported, by its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from lgsp_plugin import Document, Envelope, FieldError, Invalid

_SPACE = "{urn:vidu:danh-sach}"
_ROOT = "/GuiDanhSach"
_LIST = _ROOT + "/DuLieu"

MOST_PEOPLE = 10_000
_COLUMNS = {
    "1": ("stt", "hoTen", "ngaySinh", "gioiTinh", "soDinhDanh"),
    "2": ("stt", "soDinhDanh", "hoTen", "ngaySinh", "gioiTinh"),
}
_SEXES = {"nam": "1", "nu": "2", "nữ": "2"}
_PARTS = re.compile(r"(?<!\\)\|")


class Mapper:
    """Makes the document of one list."""

    def map(self, envelope: Envelope) -> Document:
        root = envelope.element()
        bad: list[FieldError] = []
        number = self._one(bad, root.findall(_SPACE + "MaDot"), _ROOT + "/MaDot")
        if len(number) > 40:
            bad.append(FieldError(_ROOT + "/MaDot", "length", want="không quá 40 ký tự"))
            number = ""
        text = self._one(bad, root.findall(_SPACE + "DuLieu"), _LIST)
        day, people = _read_list(bad, text) if text else ("", [])
        if bad:
            raise Invalid(bad, legacy_id=number)
        body = {
            "maYeuCau": str(envelope.id),
            "maDot": number,
            "ngayLap": day,
            "soNguoi": len(people),
            "nguoi": people,
        }
        return Document(body, legacy_id=number)

    @staticmethod
    def _one(bad: list[FieldError], found: list, path: str) -> str:
        text = (found[0].text or "").strip() if found else ""
        if len(found) > 1:
            bad.append(FieldError(path, "repeated", want="một lần"))
            return ""
        if not text:
            bad.append(FieldError(path, "missing"))
        return text


def _read_list(bad: list[FieldError], text: str) -> tuple[str, list[dict[str, str]]]:
    """Return the day and the people of a list."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    head = lines[0].split("|")
    if len(head) != 4 or head[0] != "D" or head[1] not in _COLUMNS or not head[3].isdecimal():
        text = "Dòng đầu không đúng. Hãy ghi D|kiểu (1 hoặc 2)|ngày (yyyyMMdd)|số người."
        bad.append(FieldError(f"{_LIST}/dong[1]", "pattern", text, want="D|1|20260105|2"))
        return "", []
    columns = _COLUMNS[head[1]]
    day = _date(bad, f"{_LIST}/dong[1]/ngay", head[2], {"%Y%m%d": "%Y-%m-%d"}, "yyyyMMdd")
    if len(lines) - 1 > MOST_PEOPLE:
        bad.append(FieldError(_LIST, "length", want=f"không quá {MOST_PEOPLE} người"))
        return "", []
    if head[3].lstrip("0") != str(len(lines) - 1).lstrip("0"):
        text = "Số người ở dòng đầu khác với số dòng gửi. Danh sách có thể bị cắt; hãy gửi lại cả danh sách."
        bad.append(FieldError(f"{_LIST}/dong[1]/so", "number", text))
    return day, [_person(bad, f"{_LIST}/dong[{n}]", line, columns) for n, line in enumerate(lines[1:], 2)]


def _person(bad: list[FieldError], path: str, line: str, columns: tuple[str, ...]) -> dict[str, str]:
    """Return what a line says of a person, without what it leaves empty."""
    parts = [part.replace("\\|", "|").strip() for part in _PARTS.split(line)]
    if parts[0] != "N" or len(parts) != len(columns) + 1:
        text = f"Dòng phải bắt đầu bằng N và có {len(columns)} trường cách nhau bằng dấu |."
        bad.append(FieldError(path, "pattern", text, found=f"{len(parts) - 1} trường"))
        return {}
    person = {}
    for name, value in zip(columns, parts[1:]):
        if value:
            person[name] = _CHECKS[name](bad, f"{path}/{name}", value)
        elif name in ("stt", "hoTen"):
            bad.append(FieldError(f"{path}/{name}", "missing"))
    return person


def _plain(bad: list[FieldError], path: str, value: str) -> str:
    if len(value) > 100:
        bad.append(FieldError(path, "length", want="không quá 100 ký tự"))
    return value


def _birth(bad: list[FieldError], path: str, value: str) -> str:
    return _date(bad, path, value, {"%d/%m/%Y": "%Y-%m-%d", "%Y": "%Y"}, "dd/MM/yyyy hoặc yyyy")


def _sex(bad: list[FieldError], path: str, value: str) -> str:
    code = _SEXES.get(value.lower())
    if code is None:
        bad.append(FieldError(path, "code", want="nam, nữ"))
    return code or ""


def _personal_id(bad: list[FieldError], path: str, value: str) -> str:
    if not re.fullmatch("[0-9]{12}", value):
        bad.append(FieldError(path, "pattern", want="12 chữ số"))
    return value


def _date(bad: list[FieldError], path: str, value: str, layouts: dict[str, str], want: str) -> str:
    """Return a date in the first layout that it has."""
    for layout, out in layouts.items():
        try:
            found = datetime.strptime(value, layout)
        except ValueError:
            continue
        if found.year >= 1800 and found.strftime(layout).lstrip("0") == value.lstrip("0"):
            return found.strftime(out)
    bad.append(FieldError(path, "date", want=want))
    return ""


_CHECKS: dict[str, Callable[[list[FieldError], str, str], str]] = {
    "stt": _plain,
    "hoTen": _plain,
    "ngaySinh": _birth,
    "gioiTinh": _sex,
    "soDinhDanh": _personal_id,
}
