"""Makes the messages that the toolkits send out of the cases of the shipped mappings.

It writes one JSON document: for every service the messages that are taken, those
whose fields are wrong, and those that no toolkit would write by itself and that
are sent as they are. Nothing of a message is made up here but the sender's own
id, which every sending replaces.
"""

import base64
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

ENVELOPES = {
    "{http://schemas.xmlsoap.org/soap/envelope/}Envelope",
    "{http://www.w3.org/2003/05/soap-envelope}Envelope",
}

# What a toolkit keeps from being said with its types, so it is sent as it is.
NOT_BY_TYPES = {"repeated", "unknown"}


def local(name):
    return name.rpartition("}")[2]


def tree(element, read):
    """The element as names and texts; the toolkit's types say the rest.

    What no rule reads is in no WSDL either, so a toolkit cannot say it: names that are not in read
    are left out. All others have to be in the WSDL, or the toolkit fails.
    """
    text = element.text or ""
    kids = [tree(kid, read) for kid in element if local(kid.tag) in read]
    return {
        "name": local(element.tag),
        "attributes": {local(name): value for name, value in element.attrib.items() if local(name) in read},
        "text": "" if kids else text,
        "kids": kids,
    }


def payload(body):
    """The one element in the Body of a SOAP message, or the message that came without one."""
    root = xml.fromstring(body)
    if root.tag not in ENVELOPES:
        return root
    [soap_body] = [part for part in root if local(part.tag) == "Body"]
    [inside] = list(soap_body)
    return inside


def own_id(mapping):
    """The steps from the root to the sender's own id, as in ["MaHoSo"] or ["@ma_ban_tin"]."""
    found = re.search(r'^id:\s*(?:\{\s*from:\s*)?["\']?([^"\'\s,}]+)', mapping, re.MULTILINE)
    if not found:
        raise SystemExit("messages.py: a mapping says no id, so its messages cannot be told apart")
    return found.group(1).split("/")


def wanted(want):
    """The bad fields and the code of a want.err."""
    lines = [line.split() for line in want.read_text("utf-8").splitlines() if line.strip()]
    fields = [{"path": line[0], "code": line[1]} for line in lines if line[0].startswith("/")]
    return fields, "Invalid" if fields else lines[0][0]


def refused(case, read):
    """One message that is refused, by types where they can say it, else as it is."""
    body = (case / "in.xml").read_bytes()
    fields, code = wanted(case / "want.err")
    message = {"case": case.name, "code": code, "fields": fields}
    if fields and not NOT_BY_TYPES & {field["code"] for field in fields}:
        message["tree"] = tree(payload(body), read)
    else:
        message["raw"] = base64.b64encode(body).decode()
    return message


def charset_of(case):
    """The charset that a case is sent in; toolkits send UTF-8 and nothing else."""
    about = case / "case.yaml"
    found = about.exists() and re.search(r"^charset:\s*(\S+)", about.read_text("utf-8"), re.MULTILINE)
    return found.group(1) if found else "utf-8"


def service(folder):
    mapping = (folder / "mapping.yaml").read_text("utf-8")
    read = set(re.findall(r"\w+", mapping))
    cases = [case for case in sorted((folder / "cases").iterdir()) if charset_of(case) == "utf-8"]
    good = [
        {"case": case.name, "tree": tree(payload((case / "in.xml").read_bytes()), read)}
        for case in cases
        if not (case / "want.err").exists()
    ]
    bad = [refused(case, read) for case in cases if (case / "want.err").exists()]
    if not good or not bad:
        raise SystemExit(f"messages.py: {folder} has no good case or no bad one")
    return {
        "name": folder.name,
        "id": own_id(mapping),
        "good": good,
        "bad": bad,
    }


def main():
    folders = sorted(path.parent for path in pathlib.Path(sys.argv[1]).glob("*/mapping.yaml"))
    json.dump({"services": [service(folder) for folder in folders]}, sys.stdout, ensure_ascii=False, indent=1)


main()
