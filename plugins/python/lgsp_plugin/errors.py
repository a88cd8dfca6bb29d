"""What a mapper raises when it cannot make a document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from .words import FieldError, Kind

MAX_FIELDS = 500  # bad fields that are listed for one message

# What is said of a field whose error has no text of its own, as mappings say it.
_TEXTS = {
    "missing": "Thiếu giá trị bắt buộc. Hãy điền trường này rồi gửi lại.",
    "length": "Độ dài không đúng. Hãy nhập đúng số ký tự quy định.",
    "pattern": "Giá trị không đúng mẫu quy định. Hãy sửa theo mẫu.",
    "date": "Ngày không đúng định dạng hoặc không có thật. Hãy nhập theo định dạng quy định.",
    "code": "Giá trị không có trong danh mục. Hãy chọn một giá trị trong danh mục.",
    "number": "Giá trị không phải là số nguyên. Hãy nhập số nguyên.",
    "must": "Dữ liệu không thỏa điều kiện quy định. Hãy kiểm tra các trường liên quan rồi sửa theo yêu cầu.",
    "repeated": "Trường này xuất hiện nhiều lần. Hãy chỉ gửi một lần.",
    "unknown": "Trường này không có trong quy định của dịch vụ. Hãy bỏ trường này.",
}
_WRONG = "Giá trị không đúng quy định. Hãy kiểm tra lại trường này rồi gửi lại."


def text_of(error: FieldError) -> str:
    """Return what a person is told of a bad field, in Vietnamese."""
    return error.text or _TEXTS.get(error.code, _WRONG)


class PluginError(Exception):
    """An error whose kind is known.

    text is for a person: Vietnamese, complete, saying what to do. cause is for
    the log: English. Neither holds citizen data or a secret.
    """

    def __init__(
        self,
        kind: Kind,
        *,
        code: str = "",
        text: str = "",
        fields: Iterable[FieldError] = (),
        after: timedelta = timedelta(0),
        cause: str = "",
        legacy_id: str = "",
        lane: str = "",
        subject: str = "",
    ) -> None:
        super().__init__(kind.name, code)
        self.kind = kind
        self.code = code
        self.text = text
        self.fields = tuple(fields)
        self.after = after
        self.cause = cause
        self.legacy_id = legacy_id
        self.lane = lane
        self.subject = subject


class Invalid(PluginError):
    """The message is at fault. The sender is told every bad field at once, so
    collect them all before raising.

    legacy_id, lane and subject are told so far as they could be read: a corrected
    repeat finds by them the message that it corrects.
    """

    def __init__(
        self,
        fields: Iterable[FieldError],
        *,
        code: str = "Invalid",
        text: str = "",
        legacy_id: str = "",
        lane: str = "",
        subject: str = "",
    ) -> None:
        found = tuple(fields)
        if not found:
            raise ValueError("Invalid needs at least one FieldError: a sender must be told what to mend")
        listed = found[:MAX_FIELDS]
        if not text:
            text = f"Thông điệp có {len(found)} trường sai. Hãy sửa các trường được liệt kê rồi gửi lại."
            if len(found) > MAX_FIELDS:
                text = (
                    f"Thông điệp có {len(found)} trường sai, dưới đây là {MAX_FIELDS} trường đầu. "
                    "Hãy sửa rồi gửi lại."
                )
        super().__init__(
            Kind.INVALID, code=code, text=text, fields=listed, legacy_id=legacy_id, lane=lane, subject=subject
        )


class Unavailable(PluginError):
    """The plugin cannot work now, through no fault of the message, which waits
    and is mapped again: after the time in after, if it is given."""

    def __init__(self, cause: str, *, text: str = "", after: timedelta = timedelta(0)) -> None:
        super().__init__(Kind.UNAVAILABLE, cause=cause, text=text, after=after)
