"""Makes the messages that the toolkits send out of the cases of the shipped mappings.

It writes one JSON document: for every service the messages that are taken, those
whose fields are wrong, and those that no toolkit would write by itself and that
are sent as they are. Nothing of a message is made up.
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

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

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
        "attributes": {name: value for name, value in element.attrib.items() if name in read},
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
    """The paths that the sender's own id is made of, as in [["MaHoSo"]] or [["@ma_ban_tin"]]."""
    found = re.search(r"^id:\s*(?:\{\s*(from|join):\s*)?(\[[^]]*\]|[^\s,}]+)", mapping, re.MULTILINE)
    if not found:
        raise SystemExit("messages.py: a mapping says no id, so its messages cannot be told apart")
    paths = [path.strip(" \"'") for path in found.group(2).strip("[]").split(",")]
    return [path.split("/") for path in (paths if found.group(1) == "join" else paths[:1])]


def wanted(want):
    """The bad fields and the code of a want.err."""
    lines = [line.split() for line in want.read_text("utf-8").splitlines() if line.strip()]
    fields = [{"path": line[0], "code": line[1]} for line in lines if line[0].startswith("/")]
    return fields, "Invalid" if fields else lines[0][0]


def strange(element, tags):
    """Whether some element has a name of the good messages, but in another namespace."""
    names = {local(tag) for tag in tags}
    return any(each.tag not in tags and local(each.tag) in names for each in element.iter())


def refused(case, read, tags):
    """One message that is refused: as it is, and by types where they can say it."""
    body = (case / "in.xml").read_bytes()
    fields, code = wanted(case / "want.err")
    message = {"case": case.name, "code": code, "fields": fields, "raw": base64.b64encode(body).decode()}
    if not fields or NOT_BY_TYPES & {field["code"] for field in fields}:
        return message
    root = payload(body)
    if not strange(root, tags):
        message["tree"] = tree(root, read)
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
    roots = {
        case.name: payload((case / "in.xml").read_bytes()) for case in cases if not (case / "want.err").exists()
    }
    good = [{"case": name, "tree": tree(root, read)} for name, root in roots.items()]
    tags = {element.tag for root in roots.values() for element in root.iter()}
    bad = [refused(case, read, tags) for case in cases if (case / "want.err").exists()]
    if len(good) < 2 or not bad:
        raise SystemExit(f"messages.py: {folder} needs two good cases and a bad one, in UTF-8")
    return {
        "name": folder.name,
        "id": own_id(mapping),
        "good": good,
        "bad": bad,
    }


def asked(folder):
    """Whether a service is asked, and gives an answer in place of a receipt; see lookups.py."""
    return re.search(r"^kind:\s*(lookup|notice)\b", (folder / "mapping.yaml").read_text("utf-8"), re.MULTILINE)


def main():
    folders = sorted(path.parent for path in pathlib.Path(sys.argv[1]).glob("*/mapping.yaml"))
    made = {
        "services": [service(folder) for folder in folders if not asked(folder)],
        "asked": [folder.name for folder in folders if asked(folder)],
    }
    json.dump(made, sys.stdout, ensure_ascii=False, indent=1)


main()
