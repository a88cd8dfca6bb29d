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
    services: [{services}]
    auth:
      basic: [{{username: {basic[0]}, password_file: basic}}]
      api_keys: [{{key_file: key}}]
      username_token: [{{username: {token[0]}, password_file: token}}]
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
"""

# A path that an old client may call; the toolkits know the same one.
OLD_PATH = "/cu/{}.asmx"

# The secret that the sandbox of lgspd knows.
CONSUMER_SECRET = "only-for-the-sandbox"


def main():
    work, sandbox, daemon = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    names = [service["name"] for service in json.loads((work / "messages.json").read_text("utf-8"))["services"]]
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
    keep(work / "logins.json", json.dumps(logins))
    (work / "data").mkdir(mode=0o700)
    keep(
        work / "lgspd.yaml",
        CONFIG.format(
            sandbox=sandbox,
            daemon=daemon,
            services=", ".join(names),
            listed="\n".join(listed(name) for name in names),
            **logins,
        ),
    )


def listed(name):
    """A service; the family that its name begins with is its upstream."""
    return f"  - {{name: {name}, upstream: {name.partition('.')[0]}, paths: [{OLD_PATH.format(name)}]}}"


def keep(path, text):
    path.touch(mode=0o600)
    path.write_text(text + "\n", "utf-8")


main()
