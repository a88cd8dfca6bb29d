import datetime
import os
import ssl
import tempfile
import unittest

from lgsp_plugin import certificate
from lgsp_plugin.certificate import make_certificate


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> str | None:
    """Let two sides meet in memory, and return the version of TLS that they agree on."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        server.wrap_bio(to_server, to_client, server_side=True),
        client.wrap_bio(to_client, to_server, server_hostname="localhost"),
    ]
    for _ in range(10):
        waiting = False
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                waiting = True
        if not waiting:
            return sides[0].version()
    raise AssertionError("they never agree")


class CertificateTest(unittest.TestCase):
    def sides(self, own: tuple[bytes, bytes], trusted: bytes) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(suffix=".pem") as f:
            f.write(own[0] + own[1])
            f.flush()
            server.load_cert_chain(f.name)
        client = ssl.create_default_context(cadata=trusted.decode())
        return server, client

    def test_a_client_that_was_given_it_trusts_whoever_has_its_key(self) -> None:
        for _ in range(20):  # numbers that begin with zeros are rare
            made = make_certificate()
            self.assertEqual(shake_hands(*self.sides(made, made[1])), "TLSv1.3")

    def test_another_one_is_not_trusted(self) -> None:
        with self.assertRaises(ssl.SSLCertVerificationError):
            shake_hands(*self.sides(make_certificate(), make_certificate()[1]))

    def test_it_says_what_the_daemon_asks_for(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=make_certificate()[1].decode())
        (told,) = context.get_ca_certs()
        self.assertEqual(told["subjectAltName"], (("DNS", "localhost"),))
        self.assertEqual(told["version"], 3)
        now = datetime.datetime.now(datetime.timezone.utc).timestamp()
        self.assertLess(ssl.cert_time_to_seconds(told["notBefore"]), now)
        self.assertGreater(ssl.cert_time_to_seconds(told["notAfter"]), now + 86400)

    def test_its_arithmetic_is_that_of_the_curve(self) -> None:
        # The order of the group leads back to the beginning; k = 2 is of NIST's own vectors.
        n, g = certificate._N, certificate._G
        self.assertEqual(certificate._times(n + 1, g), g)
        self.assertEqual(
            certificate._times(2, g),
            (
                0x7CF27B188D034F7E8A52380304B51AC3C08969E277F21B35A60B48FC47669978,
                0x07775510DB8ED040293D9AC69F7430DBBA7DADE63CE982299E04B79D227873D1,
            ),
        )

    def test_it_starts_no_program(self) -> None:
        path = os.environ.pop("PATH", "")
        try:
            make_certificate()
        finally:
            os.environ["PATH"] = path


if __name__ == "__main__":
    unittest.main()
