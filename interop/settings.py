"""Writes what one run needs: the configuration of the daemon, its key, and the log-ins.

The secrets are drawn for the run and go with its folder.
"""

import json
import pathlib
import secrets
import sys

CONFIG = """\
province: {{code: H29, name: Tỉnh Mẫu}}
data: data
key_file: lgspd.key
log: {{level: info, format: text}}
soap: {{listen: "{daemon}"}}
departments:
  - code: H29.11
    name: Sở Mẫu
    services: [{sent}]
    auth:
      basic: [{{username: {basic[0]}, password_file: basic}}]
      api_keys: [{{key_file: key}}]
      username_token: [{{username: {token[0]}, password_file: token}}]
    systems:
{register}
  - code: H29.12
    name: Đơn vị chưa được phê duyệt
    services: []
    auth:
      basic: [{{username: {stranger[0]}, password_file: stranger}}]
services:
{listed}
upstreams:
  - name: hotich
    url: http://{sandbox}
    form: json
    token: {{consumer_key: lgspd-sandbox, consumer_secret_file: consumer}}
    operations:
      nhanHoSoDKHT: {{path: /apiLienThongKSKT/1.0/nhanHoSoDKHT}}
  - name: dancu
    url: http://{sandbox}
    form: soap
    content_type: application/xml
    token: {{consumer_key: lgspd-sandbox, consumer_secret_file: consumer}}
    operations:
      CapNhatThongTinCongDan: {{path: /dancu/1.0/CapNhatThongTinCongDan}}
      TraCuuThongTinCongDan: {{path: /dancu/1.0/TraCuuThongTinCongDan}}
      XacThucThongTinCongDan: {{path: /dancu/1.0/XacThucThongTinCongDan}}
      XacMinhThongTinNhanThan: {{path: /dancu/1.0/XacMinhThongTinNhanThan}}
  - name: bhyt
    url: http://{sandbox}
    form: json
    token: {{consumer_key: lgspd-sandbox, consumer_secret_file: consumer}}
    operations:
      nhanHoSoBHYT: {{path: /apiLienThongBHXH/1.0/nhanHoSoBHYT}}
  - name: cu-tru
    url: http://{sandbox}
    form: json
    token: {{consumer_key: lgspd-sandbox, consumer_secret_file: consumer}}
    operations:
      nhanHoSoCuTru: {{path: /apiLienThongCuTru/1.0/nhanHoSoCuTru}}
  - name: an-sinh
    url: http://{sandbox}
    form: json
    token: {{consumer_key: lgspd-sandbox, consumer_secret_file: consumer}}
    operations:
      nhanHoSoMaiTangPhi: {{path: /apiLienThongAnSinh/1.0/nhanHoSoMaiTangPhi}}
"""

# The purpose that is approved, and the officer who asks.
PURPOSE = "1.004222"
OFFICER = "079080000009"

EVERYTHING = """SoDinhDanh SoCMND HoVaTen GioiTinh DanToc TonGiao TinhTrangHonNhan NhomMau NgayThangNamSinh NoiDangKyKhaiSinh
QueQuan ThuongTru NoiOHienTai QuocTich Cha Me VoChong NguoiDaiDien ChuHo SoSoHoKhau LoaiTaiKhoan MaSoThue ThuDienTu""".split()

# What each system is approved for, by service.
APPROVALS = {
    "mot-cua": {
        "dancu.tra-cuu": ["SoDinhDanh", "HoVaTen", "NgayThangNamSinh", "GioiTinh", "ThuongTru"],
        "dancu.xac-thuc": ["TonTai", "HoVaTen", "NgayThangNamSinh"],
        "dancu.nhan-than": ["SoDinhDanh", "HoVaTen", "Cha", "Me"],
    },
    "thue": {
        "dancu.tra-cuu": ["SoCMND", "QueQuan/MaTinhThanh", "ThuongTru/ChiTiet", "NgayThangNamSinh/Nam", "Cha/HoVaTen", "VoChong"],
        "dancu.xac-thuc": ["TonTai"],
        "dancu.nhan-than": ["Me/HoVaTen"],
    },
    "toan-bo": {"dancu.tra-cuu": EVERYTHING, "dancu.nhan-than": EVERYTHING},
    "quota": {"dancu.tra-cuu": ["HoVaTen"]},
}
LASTS = ("2026-01-01", "2099-12-31")
NARROW = {"dancu.tra-cuu": ["HoVaTen"], "dancu.xac-thuc": ["TonTai"], "dancu.nhan-than": ["HoVaTen"]}
QUOTA = 2


def register():
    """The systems by name: their approvals, for how long those hold, and the quota. Each toolkit has a
    quota of its own by each SOAP version."""
    systems = {name: (APPROVALS[name], LASTS, 100_000) for name in ("mot-cua", "thue", "toan-bo")}
    systems["chua-duyet"] = ({}, LASTS, 0)
    systems["het-han"] = (NARROW, ("2020-01-01", "2020-12-31"), 100_000)
    systems["chua-den"] = (NARROW, ("2098-01-01", "2099-12-31"), 100_000)
    for toolkit in ("zeep", "php"):
        for version in ("1", "2"):
            systems[f"quota-{toolkit}-{version}"] = (APPROVALS["quota"], LASTS, QUOTA)
    return systems


def system_of(name, approvals, lasts, quota):
    """A system of the configuration, and the files of its secrets."""
    lines = [
        f"      - name: {name}",
        f"        title: Hệ thống {name}",
        "        auth:",
        f"          basic: [{{username: {name}-basic, password_file: {name}.basic}}]",
        f"          api_keys: [{{key_file: {name}.key}}]",
        f"          username_token: [{{username: {name}-wsse, password_file: {name}.token}}]",
        "        approvals:" if approvals else "        approvals: []",
    ]
    for service, fields in approvals.items():
        lines += [
            f"          - service: {service}",
            f'            purposes: [{{code: "{PURPOSE}", title: Đăng ký thường trú}}]',
            f"            fields: [{', '.join(fields)}]",
            f"            from: {lasts[0]}",
            f"            until: {lasts[1]}",
            f"            quota: {quota}",
            "            number: 00/THU",
            "            date: 2020-01-01",
        ]
    return "\n".join(lines)

# A path that an old client may call; the toolkits know the same one.
OLD_PATH = "/cu/{}.asmx"

# The service that takes notices of errors.
NOTICES = "dancu.bao-sai-sot"

# The secret that the sandbox of lgspd knows.
CONSUMER_SECRET = "only-for-the-sandbox"


def main():
    work, sandbox, daemon = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    made = json.loads((work / "messages.json").read_text("utf-8"))
    sent = [service["name"] for service in made["services"]]
    names = [*sent, *made["asked"]]
    logins = {
        "basic": ["so-mau", secrets.token_hex(16)],
        "key": secrets.token_hex(16),
        "token": ["so-mau-wsse", secrets.token_hex(16)],
        "stranger": ["chua-duyet", secrets.token_hex(16)],
    }
    keep(work / "lgspd.key", secrets.token_hex(32))
    keep(work / "consumer", CONSUMER_SECRET)
    for name, login in logins.items():
        keep(work / name, login if isinstance(login, str) else login[1])
    logins["systems"] = {
        name: {
            "basic": [f"{name}-basic", secrets.token_hex(16)],
            "key": secrets.token_hex(16),
            "token": [f"{name}-wsse", secrets.token_hex(16)],
        }
        for name in register()
    }
    for name, ways in logins["systems"].items():
        for how, login in ways.items():
            keep(work / f"{name}.{how}", login if isinstance(login, str) else login[1])
    keep(work / "logins.json", json.dumps(logins))
    (work / "data").mkdir(mode=0o700)
    keep(
        work / "lgspd.yaml",
        CONFIG.format(
            sandbox=sandbox,
            daemon=daemon,
            sent=", ".join([*sent, NOTICES]),
            register="\n".join(system_of(name, *terms) for name, terms in register().items()),
            listed="\n".join(listed(name) for name in names),
            **logins,
        ),
    )


def listed(name):
    """A service; the family that its name begins with is its upstream, but for notices, which stay."""
    upstream = "notices" if name == NOTICES else name.partition(".")[0]
    return f"  - {{name: {name}, upstream: {upstream}, paths: [{OLD_PATH.format(name)}]}}"


def keep(path, text):
    path.touch(mode=0o600)
    path.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
