"""What lies between the checks and zeep: log-ins, typed messages, and bytes sent as they are."""

import base64
import datetime

import requests
import zeep
from zeep import xsd
from zeep.wsse.username import UsernameToken

DETAIL = "{urn:lgsp:tiep-nhan:1}Loi"
ENVELOPES = {
    "1.1": b"http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": b"http://www.w3.org/2003/05/soap-envelope",
}
WRONG = "khong-phai-mat-khau-nay"


class Wire(zeep.Transport):
    """A transport that keeps what it sent and can send something else instead."""

    def __init__(self, session):
        super().__init__(session=session, timeout=10, operation_timeout=10)
        self.last = b""
        self.spoil = None

    def post(self, address, message, headers):
        if self.spoil:
            message = self.spoil(message)
        self.last = message
        return super().post(address, message, headers)


class Door:
    """Everything that can be called, under every log-in; what was read once is kept."""

    def __init__(self, base, logins):
        self.base, self.logins = base, logins
        self.clients = {}

    def client(self, service, how, path=None):
        path = path or f"/soap/{service}"
        if (path, how) not in self.clients:
            self.clients[path, how] = self.read(path, how)
        return self.clients[path, how]

    def read(self, path, how):
        """Reads the WSDL with a log-in that is right, and calls with the one that is asked for."""
        session = requests.Session()
        session.trust_env = False
        wsse = self.token(how)
        self.log_in(session, how)
        if how not in ("basic", "stranger", "key"):
            session.headers.pop("X-API-Key", None)
            session.auth = tuple(self.logins["token" if wsse else "basic"])
        client = zeep.Client(f"{self.base}{path}?wsdl", transport=Wire(session), wsse=wsse)
        session.auth = None
        self.log_in(session, how)
        return client

    def log_in(self, session, how):
        if how in ("basic", "stranger"):
            session.auth = tuple(self.logins[how])
        elif how == "key":
            session.headers["X-API-Key"] = self.logins["key"]
        elif how == "wrong basic":
            session.auth = (self.logins["basic"][0], WRONG)
        elif how == "wrong key":
            session.headers["X-API-Key"] = WRONG

    def token(self, how):
        """A UsernameToken, which goes into every message anew; None for the other log-ins."""
        kind, password = how.rpartition(" ")[2], self.logins["token"][1]
        if kind not in ("text", "digest"):
            return None
        created = None
        if how.startswith("wrong"):
            password = WRONG
        if how.startswith("old"):
            created = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        return UsernameToken(self.logins["token"][0], password, use_digest=kind == "digest", created=created)

    def port(self, service, how, version, path=None):
        return Port(self, self.client(service, how, path), version)

    def schema(self, service):
        return self.client(service, "basic").wsdl.types


class Port:
    """One operation of one service under one log-in and SOAP version."""

    def __init__(self, door, client, version):
        self.door, self.client = door, client
        kind = "Soap11Binding" if version == "1.1" else "Soap12Binding"
        [self.binding] = [
            port.binding
            for wsdl in client.wsdl.services.values()
            for port in wsdl.ports.values()
            if type(port.binding).__name__ == kind
        ]
        [self.operation] = self.binding.all().values()
        [self.address] = {
            port.binding_options["address"] for wsdl in client.wsdl.services.values() for port in wsdl.ports.values()
        }

    @property
    def last(self):
        return self.client.transport.last

    def call(self, tree, address=None):
        """Sends a message that is built from the types of the WSDL."""
        element = self.operation.input.body
        message = build(element.type, tree)
        values = {name: getattr(message, name) for name, _ in (*element.type.elements, *element.type.attributes)}
        proxy = self.client.create_service(str(self.binding.name), address or self.address)
        return proxy[self.operation.name](**values)

    def call_at(self, path, tree):
        try:
            return self.call(tree, self.door.base + path)
        except zeep.exceptions.Fault as fault:
            return fault

    def raw(self, spoil, tree=None):
        """Sends what spoil makes of a message; the toolkit reads the answer as ever."""
        wire = self.client.transport
        wire.spoil = spoil
        try:
            if tree is not None:
                return self.call(tree)
            answer = wire.post(self.address, b"", self.headers)
            return self.binding.process_reply(self.client, self.operation, answer)
        except zeep.exceptions.Fault as fault:
            return fault
        finally:
            wire.spoil = None

    @property
    def headers(self):
        kind = "text/xml" if type(self.binding).__name__ == "Soap11Binding" else "application/soap+xml"
        return {"Content-Type": f"{kind}; charset=utf-8"}


def build(kind, node):
    """The object that the type makes of an element. A needed part that the element lacks is left out
    on purpose: the toolkit would not send it otherwise."""
    if not isinstance(kind, xsd.ComplexType):
        return node["text"]
    known, values = dict(kind.elements), dict(node["attributes"])
    for kid in node["kids"]:
        if kid["name"] not in known:
            raise TypeError(f"the WSDL knows no {kid['name']} in {node['name']}")
        value = build(known[kid["name"]].type, kid)
        if known[kid["name"]].accepts_multiple:
            values.setdefault(kid["name"], []).append(value)
        else:
            values[kid["name"]] = value
    for name, part in known.items():
        if name == "_value_1":
            values[name] = node["text"]
        elif name not in values and not part.is_optional:
            values[name] = xsd.SkipValue
    for name, attribute in kind.attributes:
        if name not in values and getattr(attribute, "required", False):
            values[name] = ""  # zeep leaves no needed attribute out
    return kind(**values)


def find(node, path):
    """The text at a path of element names and, last, perhaps an attribute's; None if there is none."""
    for step in path:
        if step.startswith("@"):
            return node["attributes"].get(step[1:])
        node = next((kid for kid in node["kids"] if kid["name"] == step), None)
        if node is None:
            return None
    return node["text"]


def replaced(node, path, text):
    """The message with another text at a path; the same message if nothing is there."""
    step, rest = path[0], path[1:]
    if step.startswith("@"):
        attributes = node["attributes"]
        return {**node, "attributes": {**attributes, step[1:]: text} if step[1:] in attributes else attributes}
    kids = [
        kid if kid["name"] != step else replaced(kid, rest, text) if rest else {**kid, "text": text}
        for kid in node["kids"]
    ]
    return {**node, "kids": kids}


def envelope_of(raw, version):
    """The bytes of a message, in the envelope of a SOAP version."""
    body = base64.b64decode(raw)
    for space in ENVELOPES.values():
        body = body.replace(space, ENVELOPES[version])
    return body
