"""What an author of a plugin writes."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from .words import Ack, Document, Envelope


@runtime_checkable
class Mapper(Protocol):
    """Turns an envelope into the document its upstream understands.

    map is pure: the same envelope gives the same document, whatever ran before.
    It is called by several threads at once.
    """

    def map(self, envelope: Envelope) -> Document:
        """Make the document, or raise Invalid with every bad field, or Unavailable."""
        ...


@runtime_checkable
class Replier(Mapper, Protocol):
    """A mapper of look-ups, which also puts the answer into the words of the
    system that asked."""

    def reply(self, envelope: Envelope, ack: Ack) -> Any:
        """Return one XML element, as text or as bytes in UTF-8."""
        ...
