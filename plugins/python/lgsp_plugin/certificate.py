"""The certificate by which the daemon knows that it speaks to the program that it
started."""

from __future__ import annotations

import subprocess

_SETTINGS = """
[req]
distinguished_name = name
x509_extensions = uses
prompt = no
[name]
CN = localhost
[uses]
subjectAltName = DNS:localhost
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature, keyCertSign
extendedKeyUsage = serverAuth, clientAuth
"""

# P-256, because gRPC of the package index takes no certificate of P-521.
_COMMAND = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 "
    "-config /dev/stdin -keyout /dev/stdout -out /dev/stdout"
).split()
_PATIENCE = 30  # seconds


def make_certificate() -> tuple[bytes, bytes]:
    """Return a new private key and its certificate, signed with it, both as PEM.

    Neither touches the disk. Raises OSError when there is no openssl, and
    subprocess.SubprocessError when it makes none.
    """
    made = subprocess.run(
        _COMMAND,
        input=_SETTINGS.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=_PATIENCE,
    ).stdout
    start = made.index(b"-----BEGIN CERTIFICATE-----")
    return made[:start], made[start:]
