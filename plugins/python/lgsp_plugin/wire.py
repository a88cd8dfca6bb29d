"""The words of this package as messages of plugin.proto, and back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from types import TracebackType

from . import plugin_pb2 as pb
from .errors import PluginError, text_of
from .mapper import Mapper, Replier
from .words import Ack, Document, Envelope, FieldError, Kind, encoded

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACES = 5  # of a traceback that are told, the innermost first
_BROKEN = (
    "Chương trình chuyển đổi gặp lỗi khi xử lý thông điệp này. Hãy báo cho đơn vị phát triển kèm nhật ký."
)


def moment(milliseconds: int) -> datetime:
    """Return the time that is so many milliseconds from 1970, UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def envelope_of(message: pb.Envelope) -> Envelope:
    """Return the envelope that a message holds.

    Raises ValueError when its id is not 16 bytes long.
    """
    return Envelope(
        id=uuid.UUID(bytes=message.id),
        source=message.source,
        sender=message.sender,
        system=message.system,
        service=message.service,
        received=moment(message.received),
        body=message.body,
    )


def field_message(error: FieldError) -> pb.FieldError:
    return pb.FieldError(
        path=error.path, code=error.code, text=text_of(error), want=error.want, found=error.found
    )


def document_message(document: Document) -> pb.Document:
    """Return a document as a message.

    Raises TypeError or ValueError when a part of it cannot be sent.
    """
    if not isinstance(document, Document):
        raise TypeError(f"map returned {type(document).__name__}: want Document")
    return pb.Document(
        route=document.route,
        legacy_id=document.legacy_id,
        lane=document.lane,
        subject=document.subject,
        purpose=pb.Purpose(
            procedure=document.purpose.procedure,
            officer=document.purpose.officer,
            unit=document.purpose.unit,
        ),
        body=document.content(),
        warnings=[field_message(w) for w in document.warnings],
    )


def error_message(error: BaseException) -> pb.Error:
    """Return an error as a message.

    Of an error that is not this package's, its type and its place are told and
    nothing else: its words may hold a value of the message.
    """
    if not isinstance(error, PluginError):
        cause = f"{type(error).__name__} at {places(error.__traceback__)}"
        return pb.Error(kind=pb.UNKNOWN, code="Panic", text=_BROKEN, cause=cause)
    return pb.Error(
        kind=pb.Kind.Name(error.kind),
        code=error.code,
        text=error.text,
        fields=[field_message(f) for f in error.fields],
        after=round(error.after / timedelta(milliseconds=1)),
        cause=error.cause,
    )


def places(traceback: TracebackType | None) -> str:
    """Return where an error came from, innermost first: "map.py:12, serving.py:80"."""
    found: list[str] = []
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename.rpartition("/")[2]
        found.append(f"{name}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return ", ".join(reversed(found[-_PLACES:])) or "an unknown place"


def outcome(mapper: Mapper, message: pb.Envelope) -> pb.Outcome:
    """Map one message. Whatever the mapper raises becomes an error of the outcome,
    which bears the id of the message."""
    try:
        made = _mapped(mapper, message)
    except (Exception, SystemExit) as error:
        made = pb.Outcome(error=error_message(error))
    made.id = message.id
    return made


def _mapped(mapper: Mapper, message: pb.Envelope) -> pb.Outcome:
    try:
        return pb.Outcome(document=document_message(mapper.map(envelope_of(message))))
    except PluginError as error:
        known = None
        if error.kind is Kind.INVALID:
            known = pb.Document(legacy_id=error.legacy_id, lane=error.lane, subject=error.subject)
        return pb.Outcome(error=error_message(error), document=known)


def reply_outcome(mapper: Mapper, request: pb.ReplyRequest) -> pb.ReplyResponse:
    """Put one answer into the words of the system that asked."""
    try:
        if not isinstance(mapper, Replier):
            raise PluginError(Kind.UNKNOWN, cause="this plugin has no reply")
        ack = Ack(ref=request.ref, at=moment(request.at), body=request.body)
        return pb.ReplyResponse(body=encoded(mapper.reply(envelope_of(request.envelope), ack)))
    except (Exception, SystemExit) as error:
        return pb.ReplyResponse(error=error_message(error))
