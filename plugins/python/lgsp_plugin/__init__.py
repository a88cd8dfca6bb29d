"""Write a plugin of lgspd: a program that maps a department's messages.

A plugin is a class with a method ``map`` and one line that serves it::

    from lgsp_plugin import Document, Envelope, FieldError, Invalid, serve

    class Mapper:
        def map(self, envelope: Envelope) -> Document:
            name = envelope.element().findtext("{urn:vidu}Ten")
            if not name:
                raise Invalid([FieldError("/Phieu/Ten", "missing")])
            return Document({"ten": name})

    if __name__ == "__main__":
        serve(Mapper(), name="vi-du", version="1.0.0")

The daemon starts the program and ends it. Started by a person, with the name of
a file that holds a message, it prints the document that it makes of it.

Nothing that a mapper raises ends the program: Invalid is told to the sender, and
what is none of this package's errors is reported without its words, because the
words of an error may hold citizen data.
"""

from .errors import Invalid, PluginError, Unavailable
from .mapper import Mapper, Replier
from .start import serve
from .words import Ack, Document, Envelope, FieldError, Kind, Purpose

__all__ = [
    "Ack",
    "Document",
    "Envelope",
    "FieldError",
    "Invalid",
    "Kind",
    "Mapper",
    "PluginError",
    "Purpose",
    "Replier",
    "Unavailable",
    "serve",
]
