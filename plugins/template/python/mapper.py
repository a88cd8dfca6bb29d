"""What the plugin does with a message."""

from __future__ import annotations

from datetime import datetime

from lgsp_plugin import Document, Envelope, FieldError, Invalid

NAMESPACE = "{urn:vidu:ten-plugin}"
PERSON = "/TiepNhan/CongDan"
SEXES = {"nam": "1", "nữ": "2", "nu": "2"}


class Mapper:
    """Reads a person who is sent as one text: họ tên|ngày sinh|giới tính."""

    def map(self, envelope: Envelope) -> Document:
        """Make the document of one message. It is called by several threads at
        once, and the same message gives the same document."""
        root = envelope.element()
        bad: list[FieldError] = []
        dossier = (root.findtext(NAMESPACE + "MaHoSo") or "").strip()
        if not 0 < len(dossier) <= 40:
            bad.append(FieldError("/TiepNhan/MaHoSo", "length", want="1 đến 40 ký tự"))
            dossier = ""
        person = read_person(bad, root.findtext(NAMESPACE + "CongDan") or "")
        if bad:
            raise Invalid(bad, legacy_id=dossier, lane=dossier)
        body = {"maYeuCau": str(envelope.id), "maHoSo": dossier, **person}
        return Document(body, legacy_id=dossier, lane=dossier)


def read_person(bad: list[FieldError], text: str) -> dict[str, str]:
    """Return what a text says of a person, and report every field that is bad.
    What is reported never holds the value found: it may be about a citizen."""
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 3:
        want, found = "họ tên|ngày sinh|giới tính", f"{len(parts)} phần"
        bad.append(FieldError(PERSON, "pattern", want=want, found=found))
        return {}
    name, born, sex = " ".join(parts[0].split()), "", SEXES.get(parts[2].lower(), "")
    if not 0 < len(name) <= 100:
        bad.append(FieldError(f"{PERSON}/hoTen", "length"))
    try:
        born = datetime.strptime(parts[1], "%d/%m/%Y").date().isoformat()
    except ValueError:
        bad.append(FieldError(f"{PERSON}/ngaySinh", "date", want="dd/MM/yyyy"))
    if not sex:
        bad.append(FieldError(f"{PERSON}/gioiTinh", "code", want="nam, nữ"))
    return {"hoTen": name, "ngaySinh": born, "gioiTinh": sex}
