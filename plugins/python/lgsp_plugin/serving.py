"""The side of a plugin that the daemon speaks to: go-plugin's protocol, version 1,
over gRPC on a Unix socket."""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import ssl
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

# What gRPC itself would say goes to the log of the daemon, which knows already.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

import grpc

from . import plugin_pb2 as pb
from .certificate import make_certificate
from .mapper import Mapper, Replier
from .wire import outcome, reply_outcome
from .words import MAX_MESSAGE, SDK

CORE_PROTOCOL = 1
APP_PROTOCOL = 1

WORKERS = 8  # calls that are worked on at once
GRACE = 1.0  # seconds for what is under way when the end comes
LONGEST_SOCKET = 107  # bytes of a path that a Unix socket can have

_SERVING = b"\x08\x01"  # grpc.health.v1.HealthCheckResponse{status: SERVING}


def run(mapper: Mapper, name: str, version: str) -> NoReturn:
    """Serve until told to end, or until the daemon is no more, and end the process
    then, whatever its threads still do."""
    stopped = threading.Event()
    threading.Thread(target=_end_with_stdin, args=(stopped,), daemon=True).start()
    # The Ctrl-C of a person is for the daemon, which ends its plugins itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    description = pb.Description(name=name, version=version, sdk=SDK, replies=isinstance(mapper, Replier))
    code = 1
    socket = _socket_path()
    try:
        server = _listen(mapper, description, socket, stopped)
        stopped.wait()
        server.stop(GRACE).wait(GRACE)
        code = 0
    except Exception as error:
        print(f"{name}: cannot be served: {error}", file=sys.stderr)
    finally:
        _remove(socket)
        sys.stderr.flush()
        os._exit(code)


def _socket_path() -> str:
    """Return where to listen: right inside the folder that the daemon made for it,
    else in a new one that nobody else may enter."""
    folder = os.environ.get("PLUGIN_UNIX_SOCKET_DIR") or tempfile.mkdtemp(prefix="plugin")
    return os.path.join(folder, f"plugin{os.getpid()}")


def _remove(socket: str) -> None:
    """Remove the socket, and its folder where that is ours."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(socket)
    if not os.environ.get("PLUGIN_UNIX_SOCKET_DIR"):
        os.rmdir(os.path.dirname(socket))


def _end_with_stdin(stopped: threading.Event) -> None:
    """Stop when standard input ends: the daemon holds its other end, says nothing
    there, and has ended."""
    try:
        while os.read(0, 4096):
            pass
    finally:
        stopped.set()


def _listen(mapper: Mapper, description: pb.Description, path: str, stopped: threading.Event) -> grpc.Server:
    if len(os.fsencode(path)) > LONGEST_SOCKET:
        raise ValueError(f"{path} is too long for a socket: set TMPDIR to a shorter path")
    server = grpc.server(
        ThreadPoolExecutor(WORKERS),
        options=[
            ("grpc.max_receive_message_length", MAX_MESSAGE),
            ("grpc.max_send_message_length", MAX_MESSAGE),  # gRPC itself stops at 4 MiB
        ],
    )
    server.add_generic_rpc_handlers(_handlers(mapper, description, stopped))
    certificate = _open_port(server, f"unix:{path}")
    server.start()
    print(CORE_PROTOCOL, APP_PROTOCOL, "unix", path, "grpc", certificate, sep="|", flush=True)
    # The daemon reads no further line; what a mapper prints goes where the rest does.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return server


def _open_port(server: grpc.Server, address: str) -> str:
    """Open the socket and return the certificate that the daemon shall expect
    there, "" when it does not ask for one."""
    client = os.environ.get("PLUGIN_CLIENT_CERT", "")
    if not client:
        server.add_insecure_port(address)
        return ""
    key, certificate = make_certificate()
    credentials = grpc.ssl_server_credentials([(key, certificate)], client.encode(), require_client_auth=True)
    server.add_secure_port(address, credentials)
    der = ssl.PEM_cert_to_DER_cert(certificate.decode())
    return base64.b64encode(der).rstrip(b"=").decode()


def _handlers(
    mapper: Mapper, description: pb.Description, stopped: threading.Event
) -> tuple[grpc.GenericRpcHandler, ...]:
    def describe(_request: pb.DescribeRequest, _context: grpc.ServicerContext) -> pb.Description:
        return description

    def map_all(request: pb.MapRequest, context: grpc.ServicerContext) -> pb.MapResponse:
        response = pb.MapResponse()
        for message in request.envelopes:
            if not context.is_active():
                break  # nobody waits for the rest any more
            response.outcomes.append(outcome(mapper, message))
        return response

    def reply(request: pb.ReplyRequest, _context: grpc.ServicerContext) -> pb.ReplyResponse:
        return reply_outcome(mapper, request)

    def check(_request: bytes, _context: grpc.ServicerContext) -> bytes:
        return _SERVING

    def shut_down(_request: bytes, _context: grpc.ServicerContext) -> bytes:
        stopped.set()
        return b""

    plugin = {
        "Describe": _method(describe, pb.DescribeRequest, pb.Description),
        "Map": _method(map_all, pb.MapRequest, pb.MapResponse),
        "Reply": _method(reply, pb.ReplyRequest, pb.ReplyResponse),
    }
    return (
        grpc.method_handlers_generic_handler("lgsp.plugin.v1.Plugin", plugin),
        grpc.method_handlers_generic_handler(
            "grpc.health.v1.Health", {"Check": grpc.unary_unary_rpc_method_handler(check)}
        ),
        grpc.method_handlers_generic_handler(
            "plugin.GRPCController", {"Shutdown": grpc.unary_unary_rpc_method_handler(shut_down)}
        ),
    )


def _method(do: Any, request: Any, response: Any) -> grpc.RpcMethodHandler:
    return grpc.unary_unary_rpc_method_handler(
        do, request_deserializer=request.FromString, response_serializer=response.SerializeToString
    )
