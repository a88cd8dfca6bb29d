"""A plugin for the tests: what it does with a message stands in the message."""

import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lgsp_plugin import Ack, Document, Envelope, FieldError, Invalid, Purpose, Unavailable, serve


class Sample:
    def map(self, envelope: Envelope) -> Document:
        root = envelope.element()
        match root.findtext("Lam"):
            case "sai":
                fields = [FieldError("/Vd/Ngay", "date", want="dd/MM/yyyy", found="3 chữ số")]
                raise Invalid(fields, legacy_id="HS-1", lane="L-1", subject="079190000001")
            case "ban":
                raise Unavailable("the table is being read", after=timedelta(seconds=2))
            case "hong":
                raise KeyError("079190000001")
            case "thoat":
                sys.exit(3)
            case "la":
                return {"not": "a document"}  # type: ignore[return-value]
            case "in":
                print("x" * (1 << 20))
            case "treo":
                while True:
                    time.sleep(3600)
        return Document(
            {"id": str(envelope.id), "so": root.findtext("So")},
            legacy_id="HS-1",
            lane="L-1",
            subject="079190000001",
            purpose=Purpose("1.001193", "079000000000", envelope.sender),
            warnings=[FieldError("/Vd/DiaChi", "address", "Không tách được.")],
        )

    def reply(self, envelope: Envelope, ack: Ack) -> str:
        if b"hong" in ack.body:
            raise ValueError("079190000001")
        return f"<TraLoi>{envelope.id} {ack.ref} {ack.at.isoformat()}</TraLoi>"


if __name__ == "__main__":
    serve(Sample(), name="mau", version="1.2.3")
