"""Asks the services that answer with zeep, as lookups.py planned it, and compares every field of every answer."""

import datetime
import pathlib
import sys

import requests
import zeep
from zeep.helpers import serialize_object

from checks import Checks, read, vietnamese
from zeep_wire import DETAIL, Door, replaced

VERSIONS = ("1.1", "1.2")
NOTICES = "dancu.bao-sai-sot"
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))


def leaves(value, path=""):
    """Everything in an answer that holds something, by its path."""
    if value is None or value == "":
        return {}
    if isinstance(value, dict):
        return {at: text for name, kid in value.items() for at, text in leaves(kid, f"{path}/{name}" if path else name).items()}
    if isinstance(value, list):
        many = {} if len(value) < 2 else {f"{path}[]": str(len(value))}
        return many | {at: text for kid in value for at, text in leaves(kid, path).items()}
    return {path: value}


def until_tomorrow():
    """Seconds until the next day of Vietnam's time."""
    now = datetime.datetime.now(VIETNAM)
    return 86400 - (now.hour * 3600 + now.minute * 60 + now.second)


class Run:
    def __init__(self, checks, base, logins, asked):
        self.checks, self.asked = checks, asked
        ways = {system: {"stranger": logins["stranger"], **logins["systems"][system]} for system in logins["systems"]}
        self.doors = {"": Door(base, logins), **{system: Door(base, login) for system, login in ways.items()}}

    def send(self, system, how, service, version, tree):
        """The answer, or the Fault if there is one."""
        try:
            return self.doors[system].port(service, how, version).call(tree)
        except zeep.exceptions.Fault as fault:
            return fault

    def step(self, step, version):
        what = f"{step['what']} by SOAP {version}"
        system = f"quota-zeep-{version[-1]}" if step["system"] == "quota" else step["system"]
        # A notice does not come here, and the department as a whole may look nobody up, but read what there is.
        got = self.send(system, step["how"], step["service"], version, step["tree"])
        if "fault" in step:
            self.refused(what, got, version, self.doors[system].schema(step["service"]), **step["fault"])
            return
        asked = step["asked"]
        self.asked.write(f"{asked['operation']}\t{'true' if asked['found'] else 'false'}\t{asked['number']}\n")
        if isinstance(got, Exception):
            self.checks.check(what, False, f"{getattr(got, 'code', '')} {got}")
            return
        self.checks.equal(what, leaves(serialize_object(got, dict)), step["answer"])

    def refused(self, what, fault, version, schema, code, fields=(), again=False, tomorrow=False):
        """Checks a Fault down to its typed detail."""
        if not isinstance(fault, zeep.exceptions.Fault):
            self.checks.check(what, False, f"no Fault: {fault}")
            return
        got = [fault.code.rpartition(":")[2], *(f"{{{sub.namespace}}}{sub.localname}" for sub in fault.subcodes or ())]
        want = [f"Client.{code}"] if version == "1.1" else ["Sender", "{urn:lgsp:tiep-nhan:1}" + code]
        self.checks.equal(f"{what}: code", got, want)
        self.checks.check(f"{what}: sentence", vietnamese(fault.message), fault.message)
        if fault.detail is None or len(fault.detail) != 1:
            self.checks.check(f"{what}: detail", False, "it has not one element")
            return
        detail = schema.get_element(DETAIL).parse(fault.detail[0], schema)
        bad = sorted((field.DuongDan, field.Ma) for field in detail.Truong)
        wrong = [
            word
            for word, right in {
                "Ma": detail.Ma == code,
                "MaTiepNhan": detail.MaTiepNhan is None,
                "CoTheGuiLai": detail.CoTheGuiLai is again,
                "ThuLaiSau": abs(detail.ThuLaiSau - until_tomorrow()) < 60 if tomorrow and detail.ThuLaiSau else detail.ThuLaiSau is None,
                "Truong": bad == sorted((field["path"], field["code"]) for field in fields),
            }.items()
            if not right
        ]
        self.checks.check(f"{what}: detail", not wrong and (detail.ThuLaiSau is not None) == tomorrow, f"{wrong} in {detail}")

    def notices(self, planned, version, opened):
        """A notice gets a number, a repeat the same one, another content under its id none."""
        own = f"BSS-zeep-{version}"
        schema = self.doors[""].schema(NOTICES)
        one, other, bad = (replaced(planned["notices"][which], planned["id"], own) for which in ("one", "other", "bad"))
        first = None
        for what, by in (("is opened", version), ("sent again is the same", version), ("sent again by the other version is the same", "1.2" if version == "1.1" else "1.1")):
            got = self.send("", "basic", NOTICES, by, one)
            what = f"{NOTICES} by SOAP {version} {what}"
            if isinstance(got, Exception):
                self.checks.check(what, False, f"{getattr(got, 'code', '')} {got}")
                return
            year = str(datetime.datetime.now(VIETNAM).year)
            right = got.TrangThai == "MOI" and got.ThoiDiem and got.SoThongBao.endswith("/" + year)
            if first is None:
                first = got.SoThongBao
                opened.write(first + "\n")
                self.checks.check(what, right and got.TrungLap == "false", got)
            else:
                self.checks.check(what, right and got.TrungLap == "true" and got.SoThongBao == first, got)
        self.refused(f"{NOTICES} by SOAP {version} with other content under its id", self.send("", "basic", NOTICES, version, other), version, schema, "Conflict")
        bad = replaced(bad, planned["id"], own + "-bad")
        self.refused(f"{NOTICES} by SOAP {version} with too long a text", self.send("", "basic", NOTICES, version, bad), version, schema, "Invalid", planned["bad"])
        self.refused(f"{NOTICES} by SOAP {version} of a department that may not", self.send("", "stranger", NOTICES, version, one), version, schema, "NotApproved")


def descriptions(checks, run, base, services):
    """The WSDL of a service that answers: its operation gives the answer's own element."""
    roots = {
        "dancu.tra-cuu": "KetQuaTraCuu",
        "dancu.xac-thuc": "KetQuaXacThuc",
        "dancu.nhan-than": "KetQuaXacMinh",
        NOTICES: "KetQuaBaoSaiSot",
    }
    for service in services:
        system = "" if service == NOTICES else "mot-cua"
        checks.equal(f"{service}: the WSDL is kept from who did not log in", requests.get(f"{base}/soap/{service}?wsdl", timeout=10).status_code, 401)
        for how in ("basic", "key", "text", "digest"):
            client = run.doors[system].client(service, how)
            operations = [each for wsdl in client.wsdl.services.values() for port in wsdl.ports.values() for each in port.binding.all().values()]
            checks.equal(f"{service}: the WSDL read with {how} has one operation for each SOAP version", len(operations), 2)
            answers = {each.output.body.qname.localname for each in operations}
            checks.equal(f"{service}: the WSDL read with {how} names the answer", answers, {roots[service]})


def main():
    work, base = pathlib.Path(sys.argv[1]), sys.argv[2]
    checks, planned = Checks("zeep"), read(work, "lookups.json")
    with (work / "asked.zeep").open("w") as asked, (work / "notices.zeep").open("w") as opened:
        run = Run(checks, base, read(work, "logins.json"), asked)
        services = sorted({step["service"] for step in planned["steps"]} | {NOTICES})
        descriptions(checks, run, base, services)
        for version in VERSIONS:
            for step in planned["steps"]:
                run.step(step, version)
            run.notices(planned, version, opened)
    return checks.end()


sys.exit(main())
