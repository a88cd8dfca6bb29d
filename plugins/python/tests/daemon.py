"""What the daemon does with a plugin, for the tests: it starts it, reads its
greeting and calls it over mutual TLS."""

from __future__ import annotations

import base64
import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
from lgsp_plugin import plugin_pb2 as pb
from lgsp_plugin.certificate import make_certificate
from lgsp_plugin.start import COOKIE_KEY, COOKIE_VALUE

PLUGIN = Path(__file__).with_name("sample_plugin.py")
PATIENCE = 60  # seconds
MAX = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]


class Daemon:
    """A plugin that was started, and its connection."""

    def __init__(self, environment: dict[str, str] | None = None, own_certificate: bool = True) -> None:
        key, certificate = make_certificate()
        env = {COOKIE_KEY: COOKIE_VALUE, "PLUGIN_CLIENT_CERT": certificate.decode(), **(environment or {})}
        self.process = subprocess.Popen(
            [sys.executable, str(PLUGIN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
        )
        assert self.process.stdout
        self.greeting = self.process.stdout.readline().decode().rstrip("\n").split("|")
        self.socket = self.greeting[3] if len(self.greeting) > 3 else ""
        server = (
            ssl.DER_cert_to_PEM_cert(base64.b64decode(self.greeting[5] + "==="))
            if len(self.greeting) > 5
            else ""
        )
        if not own_certificate:
            key, certificate = make_certificate()
        credentials = grpc.ssl_channel_credentials(server.encode(), key, certificate)
        options = [("grpc.ssl_target_name_override", "localhost"), *MAX]
        self.channel = grpc.secure_channel(f"unix:{self.socket}", credentials, options)

    def _call(self, method: str, request: Any, response: Any) -> Any:
        ask = self.channel.unary_unary(method, lambda m: m.SerializeToString(), response.FromString)
        return ask(request, timeout=PATIENCE)

    def raw(self, method: str, request: bytes = b"") -> bytes:
        return bytes(self.channel.unary_unary(method)(request, timeout=PATIENCE))

    def describe(self) -> pb.Description:
        said: pb.Description = self._call(
            "/lgsp.plugin.v1.Plugin/Describe", pb.DescribeRequest(), pb.Description
        )
        return said

    def map(self, *bodies: str) -> list[pb.Outcome]:
        return self.map_envelopes(*(envelope(n, body) for n, body in enumerate(bodies)))

    def map_envelopes(self, *envelopes: pb.Envelope) -> list[pb.Outcome]:
        request = pb.MapRequest(envelopes=envelopes)
        return list(self._call("/lgsp.plugin.v1.Plugin/Map", request, pb.MapResponse).outcomes)

    def reply(self, answer: bytes) -> pb.ReplyResponse:
        request = pb.ReplyRequest(envelope=envelope(1, "<Hoi/>"), ref="R-1", at=1_000, body=answer)
        made: pb.ReplyResponse = self._call("/lgsp.plugin.v1.Plugin/Reply", request, pb.ReplyResponse)
        return made

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        self.channel.close()
        self.process.kill()
        self.process.wait()
        for stream in self.process.stdin, self.process.stdout, self.process.stderr:
            assert stream
            stream.close()


def envelope(n: int, body: str) -> pb.Envelope:
    return pb.Envelope(
        id=n.to_bytes(16, "big"), source="soap", sender="H29.11", received=n, body=body.encode()
    )


def gone(path: str) -> bool:
    return not os.path.exists(path)
