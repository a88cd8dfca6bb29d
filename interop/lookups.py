"""Writes what the toolkits ask about the sandbox's people, and what they have to be told.

Every question says which system asks it by which log-in, the message as a tree, and either the whole answer,
field by field, or the Fault. What is expected comes from what the sandbox knows and from the approvals of
settings.py; nothing is taken from an answer of lgspd.
"""

import json
import pathlib
import sys
import urllib.request

from settings import APPROVALS, OFFICER, PURPOSE

PLACES = {"NoiDangKyKhaiSinh": "NoiKhaiSinh", "QueQuan": "QueQuan", "ThuongTru": "ThuongTru", "NoiOHienTai": "NoiO"}
KIN = ("Cha", "Me", "VoChong", "NguoiDaiDien", "ChuHo")
PLAIN = ("SoDinhDanh", "SoCMND", "GioiTinh", "DanToc", "TonGiao", "TinhTrangHonNhan", "NhomMau", "QuocTich", "SoSoHoKhau")


def lower(name):
    return name[:1].lower() + name[1:]


def whole_name(of):
    return " ".join(part for part in (of.get("ho"), of.get("chuDem"), of.get("ten")) if part)


def vietnamese_date(day):
    return "/".join(reversed(day.split("-")))


def known(person):
    """What the database tells of somebody: by the path of an approval, the path in the answer and the value."""
    leaves = {name: (name, person.get(lower(name), "")) for name in PLAIN}
    leaves["HoVaTen"] = ("HoTen", whole_name(person).upper())
    leaves["NgayThangNamSinh/Nam"] = ("NamSinh", person["ngaySinh"][:4])
    leaves["NgayThangNamSinh/NgayThangNam"] = ("NgaySinh", vietnamese_date(person["ngaySinh"]) if "-" in person["ngaySinh"] else "")
    for name, word in PLACES.items():
        at = person.get(lower(name), {})
        code = at.get("maDonViHanhChinh", "")
        leaves[f"{name}/MaTinhThanh"] = (f"{word}/MaTinh", at.get("maTinhThanh", ""))
        leaves[f"{name}/MaPhuongXa"] = (f"{word}/MaXa", code if len(code) == 5 else "")
        leaves[f"{name}/ChiTiet"] = (f"{word}/DiaChi", at.get("chiTiet", ""))
        leaves[f"{name}/QuocGia"] = (f"{word}/QuocGia", at.get("quocGia", ""))
    for name in KIN:
        kin = person.get(lower(name), {})
        leaves[f"{name}/HoVaTen"] = (f"{name}/HoTen", whole_name(kin).upper())
        for part in ("SoDinhDanh", "SoCMND", "QuanHe" if name == "ChuHo" else "QuocTich"):
            leaves[f"{name}/{part}"] = (f"{name}/{part}", kin.get(lower(part), ""))
    return leaves


# The operation of parents tells these and nothing else.
OF_PARENTS = ("SoDinhDanh", "HoVaTen", "Cha", "Me")


def is_or_in(path, above):
    return path == above or path.startswith(above + "/")


def shown(person, system, service):
    """The fields of an answer that a system gets, by their paths in it."""
    of = {"SoKetQua": "1"}
    for path, (word, value) in known(person).items():
        told = service != "dancu.nhan-than" or any(is_or_in(path, group) for group in OF_PARENTS)
        approved = any(is_or_in(path, field) for field in APPROVALS[system][service])
        if value and told and approved:
            of[f"CongDan/{word}"] = value
    return of


ROOTS = {"dancu.tra-cuu": "TraCuuCongDan", "dancu.xac-thuc": "XacThucCongDan", "dancu.nhan-than": "XacMinhNhanThan"}
OPERATIONS = {
    "dancu.tra-cuu": "TraCuuThongTinCongDan",
    "dancu.xac-thuc": "XacThucThongTinCongDan",
    "dancu.nhan-than": "XacMinhThongTinNhanThan",
}


def node(name, *kids, text=""):
    return {"name": name, "attributes": {}, "text": text, "kids": [kid for kid in kids if kid["kids"] or kid["text"]]}


def question(service, person, **other):
    """The message that asks about a person, with some texts in place of the right ones."""
    said = {
        "procedure": PURPOSE,
        "officer": OFFICER,
        "number": person["soDinhDanh"],
        "old": "",
        "name": whole_name(person),
        "birth": vietnamese_date(person["ngaySinh"]),
        **other,
    }
    return node(
        ROOTS[service],
        node("MaThuTuc", text=said["procedure"]),
        node("CanBo", node("SoDinhDanh", text=said["officer"])),
        node(
            "CongDan",
            node("SoDinhDanh", text=said["number"]),
            node("SoCMND", text=said["old"]),
            node("HoTen", text=said["name"]),
            node("NgaySinh", text=said["birth"]),
        ),
    )


NOBODY = "079999999999"


class Plan:
    """The steps, in order."""

    def __init__(self):
        self.steps = []

    def ask(self, what, service, person, answer, system="mot-cua", how="basic", found=True, **other):
        """A question that is answered with exactly these fields."""
        number = other.get("number") or person["soDinhDanh"]
        asked = {"operation": OPERATIONS[service], "found": found, "number": number}
        self.steps.append(
            {
                "what": f"{service} {what}",
                "system": system,
                "how": how,
                "service": service,
                "tree": question(service, person, **other),
                "answer": answer,
                "asked": asked,
            }
        )

    def refuse(self, what, service, person, code, system="mot-cua", fields=(), tomorrow=False, **other):
        """A question that is refused before anybody is asked."""
        self.steps.append(
            {
                "what": f"{service} {what}",
                "system": system,
                "how": "basic",
                "service": service,
                "tree": question(service, person, **other),
                "fault": {"code": code, "fields": list(fields), "again": tomorrow, "tomorrow": tomorrow},
            }
        )


def plan(people):
    whole = [p for p in people if "-" in p["ngaySinh"]]
    married = next(p for p in whole if p.get("soCMND") and p.get("voChong") and p.get("cha", {}).get("soDinhDanh"))
    child = next(p for p in whole if p.get("nguoiDaiDien"))
    p = Plan()
    nothing = {"SoKetQua": "0"}
    for person, who in ((married, "a married person"), (child, "a child")):
        for system in ("mot-cua", "thue", "toan-bo"):
            for service in ("dancu.tra-cuu", "dancu.nhan-than"):
                p.ask(f"about {who} for {system}", service, person, shown(person, system, service), system)
    for how in ("key", "text", "digest"):
        p.ask(f"with {how}", "dancu.tra-cuu", married, shown(married, "mot-cua", "dancu.tra-cuu"), how=how)
    p.ask("by the old number", "dancu.tra-cuu", married, shown(married, "mot-cua", "dancu.tra-cuu"), number="", old=married["soCMND"])
    p.ask("by the year of birth", "dancu.tra-cuu", married, shown(married, "mot-cua", "dancu.tra-cuu"), birth=married["ngaySinh"][:4])
    p.ask("with a name without marks", "dancu.tra-cuu", married, shown(married, "mot-cua", "dancu.tra-cuu"), name=whole_name(married).upper())
    for service in ("dancu.tra-cuu", "dancu.nhan-than"):
        p.ask("with a number that nobody has", service, married, nothing, found=False, number=NOBODY)
        p.ask("with the date of somebody else", service, married, nothing, found=False, birth="01/01/1901")
        p.ask("with a false name", service, married, nothing, found=False, name="Người Nào Khác")
    right = {"TonTai": "true", "HoTen": "true", "NgaySinh": "true"}
    p.ask("that is right", "dancu.xac-thuc", married, right)
    p.ask("with a false name", "dancu.xac-thuc", married, {**right, "HoTen": "false"}, name="Người Nào Khác")
    p.ask("with a false date", "dancu.xac-thuc", married, {**right, "NgaySinh": "false"}, birth="01/01/1901")
    p.ask("with a number that nobody has", "dancu.xac-thuc", married, {"TonTai": "false"}, found=False, number=NOBODY)
    p.ask("for who may know only that there is somebody", "dancu.xac-thuc", married, {"TonTai": "true"}, "thue", name="Người Nào Khác")
    for service, root in ROOTS.items():
        date = [{"path": f"/{root}/CongDan/NgaySinh", "code": "date"}]
        number = [{"path": f"/{root}/CongDan/SoDinhDanh", "code": "length"}]
        p.refuse("with a day that there is not", service, married, "Invalid", fields=date, birth="31/02/1990")
        p.refuse("with too short a number", service, married, "Invalid", fields=number, number="07919000")
        p.refuse("for a purpose that is not approved", service, married, "Purpose", procedure="9.999999")
        p.refuse("by an officer without a personal id", service, married, "Officer", officer="CB-07")
        p.refuse("for a system that is not approved for it", service, married, "NotApproved", "chua-duyet")
        p.refuse("for a system whose approval has ended", service, married, "Ended", "het-han")
        p.refuse("for a system whose approval does not hold yet", service, married, "NotYet", "chua-den")
        p.refuse("for the department as a whole", service, married, "NoSystem", "")
    p.ask("within the quota", "dancu.tra-cuu", married, shown(married, "quota", "dancu.tra-cuu"), "quota")
    p.ask("within the quota again", "dancu.tra-cuu", married, nothing, "quota", found=False, number=NOBODY)
    p.refuse("beyond the quota", "dancu.tra-cuu", married, "Quota", "quota", tomorrow=True)
    p.refuse("beyond the quota still", "dancu.tra-cuu", child, "Quota", "quota", tomorrow=True)
    return p.steps


def notice(own, wrong="01/01/1990"):
    return node(
        "BaoSaiSot",
        node("MaBanTin", text=own),
        node("MaThuTuc", text=PURPOSE),
        node("CanBo", node("SoDinhDanh", text=OFFICER)),
        node("CongDan", node("SoDinhDanh", text=NOBODY), node("HoTen", text="Nguyễn Văn Thử")),
        node("SaiSot", node("Truong", text="NgayThangNamSinh"), node("GiaTriChiaSe", text=wrong), node("GiaTriDung", text="02/01/1990")),
    )


def main():
    work, base = pathlib.Path(sys.argv[1]), sys.argv[2]
    with urllib.request.urlopen(f"{base}/_sandbox/people", timeout=10) as answer:
        people = json.load(answer)["people"]
    notices = {"one": notice("BSS-1"), "other": notice("BSS-1", "03/03/1990"), "bad": notice("BSS-2", "x" * 501)}
    bad = [{"path": "/BaoSaiSot/SaiSot[1]/GiaTriChiaSe", "code": "length"}]
    made = {"steps": plan(people), "notices": notices, "bad": bad, "id": ["MaBanTin"]}
    (work / "lookups.json").write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
