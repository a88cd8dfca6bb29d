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
NOT_BY_TYPES = {"repeated", "unknown", "reference"}

# References of RPC/encoded messages, by SOAP 1.1 §5 and SOAP 1.2 Part 2 §3.
ENCODING_12 = "{http://www.w3.org/2003/05/soap-encoding}"
LONGEST_CHAIN = 8


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


def payload(body, name):
    """The element of that name in the Body of a SOAP message, or the message that came without one. What
    it refers to stands in its place: by the types of a WSDL nothing is referred to."""
    root = xml.fromstring(body)
    if root.tag not in ENVELOPES:
        return root
    [soap_body] = [part for part in root if local(part.tag) == "Body"]
    [inside] = [part for part in soap_body if local(part.tag) == name]
    targets = {part.get("id") or part.get(ENCODING_12 + "id"): part for part in soap_body if part is not inside}
    return resolved(inside, targets) if targets else inside


def resolved(element, targets):
    """The element with what it and its children refer to; a reference that leads nowhere leads to nothing."""
    found = element
    for _ in range(LONGEST_CHAIN):
        wanted = (found.get("href") or "").removeprefix("#") or found.get(ENCODING_12 + "ref")
        found = targets.get(wanted, found)
    copy = xml.Element(element.tag, {name: value for name, value in found.attrib.items() if name not in ("id", "href")})
    copy.text = found.text
    copy.extend(resolved(kid, targets) for kid in found)
    return copy


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


def strange(element, good, named):
    """Whether types cannot say it: some element has a name of the good messages, but in another namespace;
    or an attribute of a namespace that rules read – no type names those – says something that the first
    good message does not."""
    tags = {each.tag for root in good for each in root.iter()}
    names = {local(tag) for tag in tags}
    if any(each.tag not in tags and local(each.tag) in names for each in element.iter()):
        return True
    return not foreign(element, named) <= foreign(good[0], named)


def foreign(element, named):
    """The attributes of namespaces whose local names are in named, with their values."""
    return {
        (name, value) for each in element.iter() for name, value in each.attrib.items() if "}" in name and local(name) in named
    }


def refused(case, name, read, named, good):
    """One message that is refused: as it is, and by types where they can say it."""
    body = (case / "in.xml").read_bytes()
    fields, code = wanted(case / "want.err")
    message = {"case": case.name, "code": code, "fields": fields, "raw": base64.b64encode(body).decode()}
    if not fields or NOT_BY_TYPES & {field["code"] for field in fields}:
        return message
    root = payload(body, name)
    if not strange(root, good, named):
        message["tree"] = tree(root, read)
    return message


def taken(case, root, read):
    """One message that is taken: by types, and, where it has an envelope, as it is."""
    body = (case / "in.xml").read_bytes()
    message = {"case": case.name, "tree": tree(root, read)}
    if xml.fromstring(body).tag in ENVELOPES:
        message["raw"] = base64.b64encode(body).decode()
    return message


def charset_of(case):
    """The charset that a case is sent in; toolkits send UTF-8 and nothing else."""
    about = case / "case.yaml"
    found = about.exists() and re.search(r"^charset:\s*(\S+)", about.read_text("utf-8"), re.MULTILINE)
    return found.group(1) if found else "utf-8"


def service(folder):
    mapping = re.sub(r"(^|\s)#.*$", "", (folder / "mapping.yaml").read_text("utf-8"), flags=re.MULTILINE)
    read = set(re.findall(r"\w+", mapping))
    name = re.search(r"^  root:\s*(\S+)", mapping, re.MULTILINE).group(1)
    cases = [case for case in sorted((folder / "cases").iterdir()) if charset_of(case) == "utf-8"]
    fine = [case for case in cases if not (case / "want.err").exists()]
    roots = [payload((case / "in.xml").read_bytes(), name) for case in fine]
    good = [taken(case, root, read) for case, root in zip(fine, roots)]
    named = set(re.findall(r"@\w+:(\w+)", mapping))
    bad = [refused(case, name, read, named, roots) for case in cases if (case / "want.err").exists()]
    if len(good) < 2 or not bad:
        raise SystemExit(f"messages.py: {folder} needs two good cases and a bad one, in UTF-8")
    return {
        "name": folder.name,
        "id": own_id(mapping),
        "documents": re.findall(r"^ +- \{at: ([^,}]+)", mapping, re.MULTILINE),
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
