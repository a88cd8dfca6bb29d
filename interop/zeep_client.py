"""Sends every shipped service with zeep, good and bad, and reads the answers as typed objects."""

import datetime
import itertools
import pathlib
import re
import sys

import requests
import zeep

from checks import ID, Checks, read, vietnamese
from zeep_wire import DETAIL, Door, envelope_of, find, replaced

ALL = ("basic", "key", "text", "digest")
VERSIONS = ("1.1", "1.2")

# What the door tells apart where a mapping has one word.
FINER = {
    "Malformed": ("Malformed", "Doctype", "Empty", "NotSOAP"),
    "WrongElement": ("WrongElement", "NotSOAP"),
}


class Run:
    """One run over one service."""

    def __init__(self, checks, door, service, ids, accepted):
        self.checks, self.door, self.service = checks, door, service
        self.ids, self.accepted = ids, accepted
        self.name = service["name"]

    def fresh(self, message):
        """The message under an own id that was never used, which comes second."""
        path = self.service["id"][0]
        own = numbered(find(message["tree"], path) or "", next(self.ids))
        return replaced(message["tree"], path, own), own

    def under(self, own, message):
        """The message under that own id, without a second part where it has two."""
        path, *rest = self.service["id"]
        tree = replaced(message["tree"], path, own)
        for part in rest:
            tree = replaced(tree, part, "")
        return tree

    # What is taken.

    def send(self, how, version, tree):
        """The receipt, or the Fault if there is one."""
        port = self.door.port(self.name, how, version)
        try:
            return port.call(tree)
        except zeep.exceptions.Fault as fault:
            return fault

    def taken(self, what, receipt, again=None):
        """Checks a receipt; again is the first one's id when this is a repeat."""
        if isinstance(receipt, Exception):
            self.checks.check(what, False, describe(receipt))
            return None
        now = datetime.datetime.now(datetime.timezone.utc)
        wrong = [
            word
            for word, right in {
                "MaTiepNhan": ID.fullmatch(receipt.MaTiepNhan) and again in (None, receipt.MaTiepNhan),
                "TrangThai": receipt.TrangThai in ("DA_TIEP_NHAN", "DANG_CHUYEN", "DA_CHUYEN")
                if again
                else receipt.TrangThai == "DA_TIEP_NHAN",
                "TrungLap": receipt.TrungLap is (again is not None),
                "ThoiDiem": isinstance(receipt.ThoiDiem, datetime.datetime)
                and abs(receipt.ThoiDiem - now) < datetime.timedelta(minutes=1),
            }.items()
            if not right
        ]
        self.checks.check(what, not wrong, f"{wrong} in {receipt}")
        if again is None:
            self.accepted.write(f"{receipt.MaTiepNhan}\t{self.name}\n")
        return receipt.MaTiepNhan

    def good(self, how, version):
        other = VERSIONS[version == "1.1"]
        for message in self.service["good"]:
            what = f"{self.name} {message['case']} by SOAP {version} with {how}"
            tree, _ = self.fresh(message)
            first = self.taken(f"{what} is taken", self.send(how, version, tree))
            if first:
                self.taken(f"{what} sent again is the same message", self.send(how, version, tree), first)
                self.taken(f"{what} sent again by SOAP {other} is the same message", self.send(how, other, tree), first)

    def as_it_is(self, version):
        """What the old software itself sends, byte for byte but for the own id."""
        for message in self.service["good"]:
            if "raw" not in message:
                continue
            _, own = self.fresh(message)
            old = find(message["tree"], self.service["id"][0])
            raw = envelope_of(message["raw"], version).replace(old.encode(), own.encode())
            what = f"{self.name} {message['case']} as it is by SOAP {version}"
            port = self.door.port(self.name, "basic", version)
            first = self.taken(f"{what} is taken", port.raw(lambda _: raw))
            if first:
                self.taken(f"{what} sent again is the same message", port.raw(lambda _: raw), first)

    def old_path(self, version):
        """The path that an old client calls besides the service's own."""
        path = f"/cu/{self.name}.asmx"
        port = self.door.port(self.name, "basic", version, path)
        self.checks.equal(f"{self.name}: the WSDL of {path} gives that address", port.address, self.door.base + path)
        tree, _ = self.fresh(self.service["good"][0])
        self.taken(f"{self.name} at {path} by SOAP {version} is taken", port.call_at(path, tree))

    # What is refused.

    def refused(self, what, fault, version, code, kept=False, fields=(), text=""):
        """Checks a Fault down to its typed detail; kept says whether the message has an id, or which."""
        if not isinstance(fault, zeep.exceptions.Fault):
            self.checks.check(what, False, f"no Fault: {fault}")
            return
        self.checks.equal(f"{what}: code", codes(fault), wanted_codes(version, code))
        self.checks.check(f"{what}: sentence", vietnamese(fault.message) and text in fault.message, fault.message)
        if fault.detail is None or len(fault.detail) != 1:
            self.checks.check(f"{what}: detail", False, "it has not one element")
            return
        detail = self.door.schema(self.name).get_element(DETAIL).parse(fault.detail[0], self.door.schema(self.name))
        got = [(field.DuongDan, field.Ma) for field in detail.Truong]
        want = [(field["path"], field["code"]) for field in fields]
        self.checks.equal(f"{what}: bad fields", sorted(got), sorted(want))
        wrong = [
            word
            for word, right in {
                "Ma": detail.Ma == code,
                "MaTiepNhan": names(detail.MaTiepNhan, kept),
                "CoTheGuiLai": detail.CoTheGuiLai is False,
                "ThuLaiSau": detail.ThuLaiSau is None,
                "MoTa": all(vietnamese(field.MoTa) for field in detail.Truong),
                "MongDoi": all(field.MongDoi != "" for field in detail.Truong),
            }.items()
            if not right
        ]
        self.checks.check(f"{what}: detail", not wrong, f"{wrong} in {detail}")

    def bad(self, version):
        """Everything that the mapping's own cases say is wrong."""
        for message in self.service["bad"]:
            what = f"{self.name} {message['case']} by SOAP {version}"
            if "tree" not in message:
                self.bad_as_it_is(what, message, version)
                continue
            tree, own = self.fresh(message)
            text = f"Thông điệp có {len(message['fields'])} trường sai"
            self.refused(what, self.send("basic", version, tree), version, "Invalid", True, message["fields"], text)
            if own and not self.blames_id(message):
                fine = self.under(own, self.service["good"][0])
                self.taken(f"{what}: corrected under the same own id is taken", self.send("basic", version, fine))

    def bad_as_it_is(self, what, message, version):
        raw = envelope_of(message["raw"], version)
        fault = self.door.port(self.name, "basic", version).raw(lambda _: raw)
        code = message["code"]
        if code in FINER:
            code = fault_code(fault)
            self.checks.check(f"{what}: is told in its own way", code in FINER[message["code"]], code)
        text = f"Thông điệp có {len(message['fields'])} trường sai" if message["fields"] else ""
        self.refused(what, fault, version, code, code != "NotSOAP", message["fields"], text)

    def blames_id(self, message):
        root = message["tree"]["name"]
        own = {"/".join(["", root, *path]) for path in self.service["id"]}
        return any(field["path"] in own for field in message["fields"])

    def damaged(self, version):
        """What is broken on the way: a whole message of the toolkit, spoilt."""
        tree, _ = self.fresh(self.service["good"][0])
        port = self.door.port(self.name, "basic", version)
        for what, spoil, code, kept in (
            ("cut off", lambda body: body[: len(body) * 2 // 3], "Malformed", True),
            ("with a DOCTYPE", lambda body: with_doctype(body), "Doctype", True),
            ("with a byte that is not UTF-8", lambda body: body.replace(b"</", b"\xff</", 1), "Encoding", True),
            ("without its envelope", lambda _: b"<a/>", "NotSOAP", False),
            ("without content", lambda _: b"", "Empty", False),
        ):
            self.refused(f"{self.name} {what} by SOAP {version}", port.raw(spoil, tree), version, code, kept)

    def conflict(self, version):
        _, own = self.fresh(self.service["good"][0])
        tree, other = (self.under(own, message) for message in self.service["good"][:2])
        first = self.taken(f"{self.name} by SOAP {version} is taken", self.send("basic", version, tree))
        what = f"{self.name} with the own id of another message by SOAP {version}"
        self.refused(what, self.send("basic", version, other), version, "Conflict", kept=first)

    def strangers(self, version, others):
        """Who may not, and what there is not."""
        tree, _ = self.fresh(self.service["good"][0])
        fault = self.send("stranger", version, tree)
        self.refused(f"{self.name} for a department that is not approved by SOAP {version}", fault, version, "NotApproved")
        port = self.door.port(self.name, "basic", version)
        fault = port.call_at("/soap/khong.co", tree)
        self.refused(f"{self.name} at an address without service by SOAP {version}", fault, version, "UnknownPath")
        for other in others:
            fault = port.call_at(f"/soap/{other}", tree)
            self.refused(f"{self.name} at the address of {other} by SOAP {version}", fault, version, "WrongElement", kept=True)

    def wrong_logins(self, version):
        tree, _ = self.fresh(self.service["good"][0])
        for how in ("none", *(f"wrong {each}" for each in ALL)):
            fault = self.send(how, version, tree)
            self.refused(f"{self.name} with {how} log-in by SOAP {version}", fault, version, "Auth")
        port = self.door.port(self.name, "digest", version)
        self.taken(f"{self.name} with a digest by SOAP {version} is taken", port.call(tree))
        again = port.raw(lambda _: port.last)
        self.refused(f"{self.name} with a digest used before by SOAP {version}", again, version, "Replayed")
        old = self.send("old digest", version, tree)
        self.refused(f"{self.name} with a digest of yesterday by SOAP {version}", old, version, "Expired")


def with_doctype(body):
    declaration, _, rest = body.partition(b"?>")
    return declaration + b'?>\n<!DOCTYPE x [<!ENTITY e "x">]>' + rest


def fault_code(fault):
    """The door's own code, whichever SOAP version the Fault has."""
    if not isinstance(fault, zeep.exceptions.Fault):
        return ""
    return fault.subcodes[0].localname if fault.subcodes else fault.code.rpartition(".")[2]


def codes(fault):
    code = fault.code.rpartition(":")[2]
    return [code, *(f"{{{sub.namespace}}}{sub.localname}" for sub in fault.subcodes or ())]


def wanted_codes(version, code):
    return [f"Client.{code}"] if version == "1.1" else ["Sender", "{urn:lgsp:tiep-nhan:1}" + code]


def names(found, wanted):
    """Whether the id that a Fault gives is as wanted: a certain one, any (True) or none (False)."""
    if isinstance(wanted, str):
        return found == wanted
    return bool(found and ID.fullmatch(found)) == wanted


def describe(fault):
    return f"{getattr(fault, 'code', '')} {fault}"


def numbered(own, n):
    """An own id of the same form with the number n at the end of it."""
    return re.sub(r"\d{4,}(?!.*\d{4})", lambda found: f"{n:0{len(found[0])}d}", own, count=1)


def descriptions(checks, door, service, base):
    """The WSDL: only for who logs in, whole, and with the address that was called."""
    name = service["name"]
    answer = requests.get(f"{base}/soap/{name}?wsdl", timeout=10)
    checks.equal(f"{name}: the WSDL is kept from who did not log in", answer.status_code, 401)
    for how in ALL:
        client = door.client(name, how)
        ports = [port for wsdl in client.wsdl.services.values() for port in wsdl.ports.values()]
        bindings = sorted(type(port.binding).__name__ for port in ports)
        checks.equal(f"{name}: the WSDL read with {how} binds SOAP 1.1 and 1.2", bindings, ["Soap11Binding", "Soap12Binding"])
        addresses = {port.binding_options["address"] for port in ports}
        checks.equal(f"{name}: the WSDL read with {how} gives the address", addresses, {f"{base}/soap/{name}"})
        operations = {operation for port in ports for operation in port.binding.all()}
        checks.equal(f"{name}: the WSDL read with {how} has one operation", operations, {service["good"][0]["tree"]["name"]})


def main():
    work, base = sys.argv[1], sys.argv[2]
    checks, services, ids = Checks("zeep"), read(work, "messages.json")["services"], itertools.count(1)
    door = Door(base, read(work, "logins.json"))
    with (pathlib.Path(work) / "accepted.zeep").open("w") as accepted:
        for i, service in enumerate(services):
            descriptions(checks, door, service, base)
            run = Run(checks, door, service, ids, accepted)
            for version in VERSIONS:
                for how in ALL:
                    run.good(how, version)
                run.as_it_is(version)
                run.old_path(version)
                run.bad(version)
                run.damaged(version)
                run.conflict(version)
                run.strangers(version, [other["name"] for other in services if other is not service])
                if i == 0:  # the door closes on who guesses on
                    run.wrong_logins(version)
    return checks.end()


sys.exit(main())
