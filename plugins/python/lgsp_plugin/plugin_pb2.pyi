from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

CONFLICT: Kind
DENIED: Kind
DESCRIPTOR: _descriptor.FileDescriptor
FORBIDDEN: Kind
INVALID: Kind
NOT_FOUND: Kind
REFUSED: Kind
THROTTLED: Kind
UNAVAILABLE: Kind
UNKNOWN: Kind

class DescribeRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Description(_message.Message):
    __slots__ = ["name", "replies", "sdk", "version"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REPLIES_FIELD_NUMBER: _ClassVar[int]
    SDK_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    replies: bool
    sdk: str
    version: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., sdk: _Optional[str] = ..., replies: bool = ...) -> None: ...

class Document(_message.Message):
    __slots__ = ["body", "lane", "legacy_id", "purpose", "route", "subject", "warnings"]
    BODY_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    LEGACY_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    body: bytes
    lane: str
    legacy_id: str
    purpose: Purpose
    route: str
    subject: str
    warnings: _containers.RepeatedCompositeFieldContainer[FieldError]
    def __init__(self, route: _Optional[str] = ..., legacy_id: _Optional[str] = ..., lane: _Optional[str] = ..., subject: _Optional[str] = ..., purpose: _Optional[_Union[Purpose, _Mapping]] = ..., body: _Optional[bytes] = ..., warnings: _Optional[_Iterable[_Union[FieldError, _Mapping]]] = ...) -> None: ...

class Envelope(_message.Message):
    __slots__ = ["body", "id", "received", "sender", "service", "source", "system"]
    BODY_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SYSTEM_FIELD_NUMBER: _ClassVar[int]
    body: bytes
    id: bytes
    received: int
    sender: str
    service: str
    source: str
    system: str
    def __init__(self, id: _Optional[bytes] = ..., source: _Optional[str] = ..., sender: _Optional[str] = ..., system: _Optional[str] = ..., service: _Optional[str] = ..., received: _Optional[int] = ..., body: _Optional[bytes] = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ["after", "cause", "code", "fields", "kind", "text"]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    after: int
    cause: str
    code: str
    fields: _containers.RepeatedCompositeFieldContainer[FieldError]
    kind: Kind
    text: str
    def __init__(self, kind: _Optional[_Union[Kind, str]] = ..., code: _Optional[str] = ..., text: _Optional[str] = ..., fields: _Optional[_Iterable[_Union[FieldError, _Mapping]]] = ..., after: _Optional[int] = ..., cause: _Optional[str] = ...) -> None: ...

class FieldError(_message.Message):
    __slots__ = ["code", "found", "path", "text", "want"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WANT_FIELD_NUMBER: _ClassVar[int]
    code: str
    found: str
    path: str
    text: str
    want: str
    def __init__(self, path: _Optional[str] = ..., code: _Optional[str] = ..., text: _Optional[str] = ..., want: _Optional[str] = ..., found: _Optional[str] = ...) -> None: ...

class MapRequest(_message.Message):
    __slots__ = ["envelopes"]
    ENVELOPES_FIELD_NUMBER: _ClassVar[int]
    envelopes: _containers.RepeatedCompositeFieldContainer[Envelope]
    def __init__(self, envelopes: _Optional[_Iterable[_Union[Envelope, _Mapping]]] = ...) -> None: ...

class MapResponse(_message.Message):
    __slots__ = ["outcomes"]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[Outcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[Outcome, _Mapping]]] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ["document", "error", "id"]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    document: Document
    error: Error
    id: bytes
    def __init__(self, document: _Optional[_Union[Document, _Mapping]] = ..., error: _Optional[_Union[Error, _Mapping]] = ..., id: _Optional[bytes] = ...) -> None: ...

class Purpose(_message.Message):
    __slots__ = ["officer", "procedure", "unit"]
    OFFICER_FIELD_NUMBER: _ClassVar[int]
    PROCEDURE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    officer: str
    procedure: str
    unit: str
    def __init__(self, procedure: _Optional[str] = ..., officer: _Optional[str] = ..., unit: _Optional[str] = ...) -> None: ...

class ReplyRequest(_message.Message):
    __slots__ = ["at", "body", "envelope", "ref"]
    AT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_FIELD_NUMBER: _ClassVar[int]
    REF_FIELD_NUMBER: _ClassVar[int]
    at: int
    body: bytes
    envelope: Envelope
    ref: str
    def __init__(self, envelope: _Optional[_Union[Envelope, _Mapping]] = ..., ref: _Optional[str] = ..., at: _Optional[int] = ..., body: _Optional[bytes] = ...) -> None: ...

class ReplyResponse(_message.Message):
    __slots__ = ["body", "error"]
    BODY_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    body: bytes
    error: Error
    def __init__(self, body: _Optional[bytes] = ..., error: _Optional[_Union[Error, _Mapping]] = ...) -> None: ...

class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
