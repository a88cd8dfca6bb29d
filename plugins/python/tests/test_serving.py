import os
import subprocess
import sys
import tempfile
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor

import grpc
from lgsp_plugin import plugin_pb2 as pb

from .daemon import PLUGIN, Daemon, envelope, gone


class Serving(unittest.TestCase):
    def start(self, **more: object) -> Daemon:
        daemon = Daemon(**more)  # type: ignore[arg-type]
        self.addCleanup(daemon.end)
        return daemon

    def test_it_greets_as_go_plugin_wants_to_be_greeted(self) -> None:
        core, app, network, path, protocol, certificate = self.start().greeting
        self.assertEqual((core, app, network, protocol), ("1", "1", "unix", "grpc"))
        self.assertGreater(len(certificate), 50)
        self.assertNotIn("=", certificate)
        self.assertEqual(os.stat(os.path.dirname(path)).st_mode & 0o777, 0o700)

    def test_it_listens_right_inside_the_folder_that_the_daemon_names(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            daemon = self.start(environment={"PLUGIN_UNIX_SOCKET_DIR": folder})
            self.assertEqual(os.path.dirname(daemon.socket), folder)
            self.assertEqual(daemon.describe().name, "mau")
            daemon.process.terminate()
            self.assertEqual(daemon.wait(), 0)
            self.assertEqual(os.listdir(folder), [])

    def test_it_says_what_it_can_do_and_that_it_is_well(self) -> None:
        daemon = self.start()
        self.assertEqual(
            daemon.describe(), pb.Description(name="mau", version="1.2.3", sdk="python 1", replies=True)
        )
        self.assertEqual(daemon.raw("/grpc.health.v1.Health/Check", b"\x0a\x06plugin"), b"\x08\x01")

    def test_every_message_of_a_batch_gets_its_own_outcome_in_its_place(self) -> None:
        outcomes = good, bad, busy, good2 = self.start().map(
            "<Vd><So>1</So></Vd>", "<Vd><Lam>sai</Lam></Vd>", "<Vd><Lam>ban</Lam></Vd>", "<Vd/>"
        )
        self.assertEqual([int.from_bytes(o.id, "big") for o in outcomes], [0, 1, 2, 3])
        self.assertIn(f'"id":"{uuid.UUID(int=0)}","so":"1"', good.document.body.decode())
        self.assertEqual(
            good.document.purpose, pb.Purpose(procedure="1.001193", officer="079000000000", unit="H29.11")
        )
        self.assertEqual(good.document.warnings[0].path, "/Vd/DiaChi")
        self.assertEqual(bad.error.kind, pb.INVALID)
        self.assertEqual(
            (bad.error.fields[0].path, bad.error.fields[0].code, bad.error.fields[0].want),
            ("/Vd/Ngay", "date", "dd/MM/yyyy"),
        )
        self.assertIn("Ngày không đúng định dạng", bad.error.fields[0].text)
        self.assertEqual(
            (bad.document.legacy_id, bad.document.lane, bad.document.subject), ("HS-1", "L-1", "079190000001")
        )
        self.assertEqual(
            (busy.error.kind, busy.error.after, busy.error.cause),
            (pb.UNAVAILABLE, 2000, "the table is being read"),
        )
        self.assertIn(str(uuid.UUID(int=3)), good2.document.body.decode())

    def test_an_error_of_the_author_costs_one_message_and_tells_nothing_of_it(self) -> None:
        broken, left, foreign, good = self.start().map(
            *(f"<Vd><Lam>{what}</Lam></Vd>" for what in ("hong", "thoat", "la", ""))
        )
        for outcome, name in (broken, "KeyError"), (left, "SystemExit"), (foreign, "TypeError"):
            self.assertEqual(outcome.error.kind, pb.UNKNOWN)
            self.assertIn(name, outcome.error.cause)
            self.assertNotIn("079190000001", str(outcome))
        self.assertIn("sample_plugin.py:", broken.error.cause)
        self.assertFalse(good.HasField("error"))

    def test_an_id_that_is_none_costs_one_message(self) -> None:
        daemon = self.start()
        bad, good = daemon.map_envelopes(pb.Envelope(id=b"short", body=b"<Vd/>"), envelope(1, "<Vd/>"))
        self.assertEqual(bad.error.kind, pb.UNKNOWN)
        self.assertFalse(good.HasField("error"))
        self.assertEqual((bad.id, good.id), (b"short", (1).to_bytes(16, "big")))

    def test_an_answer_is_put_into_the_words_of_who_asked(self) -> None:
        daemon = self.start()
        self.assertEqual(
            daemon.reply(b"<A/>").body.decode(),
            f"<TraLoi>{uuid.UUID(int=1)} R-1 1970-01-01T00:00:01+00:00</TraLoi>",
        )
        broken = daemon.reply(b"<hong/>")
        self.assertEqual(broken.error.kind, pb.UNKNOWN)
        self.assertNotIn("079190000001", str(broken))

    def test_calls_at_once_are_not_mixed_up(self) -> None:
        daemon = self.start()

        def one(n: int) -> str:
            return daemon.map(f"<Vd><So>{n}</So></Vd>")[0].document.body.decode()

        with ThreadPoolExecutor(64) as pool:
            for n, body in enumerate(pool.map(one, range(256))):
                self.assertIn(f'"so":"{n}"', body)

    def test_a_message_may_be_larger_than_grpc_takes_by_itself(self) -> None:
        long = "x" * (16 << 20)
        self.assertIn(long, self.start().map(f"<Vd><So>{long}</So></Vd>")[0].document.body.decode())

    def test_what_a_mapper_prints_does_not_hold_it_up_while_the_daemon_reads_no_line(self) -> None:
        daemon = self.start()
        assert daemon.process.stderr
        mapped = daemon.channel.unary_unary(
            "/lgsp.plugin.v1.Plugin/Map", response_deserializer=pb.MapResponse.FromString
        ).future(
            pb.MapRequest(envelopes=[envelope(1, "<Vd><Lam>in</Lam></Vd>")]).SerializeToString(), timeout=60
        )
        self.assertEqual(daemon.process.stderr.read(1 << 20), b"x" * (1 << 20))
        self.assertFalse(mapped.result().outcomes[0].HasField("error"))

    def test_nobody_else_is_served(self) -> None:
        with self.assertRaises(grpc.RpcError) as caught:
            self.start(own_certificate=False).describe()
        self.assertEqual(caught.exception.code(), grpc.StatusCode.UNAVAILABLE)

    def test_it_ends_when_it_is_told_to_and_leaves_nothing_behind(self) -> None:
        daemon = self.start()
        daemon.raw("/plugin.GRPCController/Shutdown")
        self.assertEqual(daemon.wait(), 0)
        self.assertTrue(gone(os.path.dirname(daemon.socket)))

    def test_it_ends_by_the_signal_to_end_and_not_by_the_one_for_the_daemon(self) -> None:
        daemon = self.start()
        daemon.process.send_signal(2)
        self.assertEqual(daemon.describe().name, "mau")
        daemon.process.terminate()
        self.assertEqual(daemon.wait(), 0)

    def test_it_ends_with_the_daemon_even_when_a_mapper_hangs(self) -> None:
        daemon = self.start()
        hanging = daemon.channel.unary_unary("/lgsp.plugin.v1.Plugin/Map").future(
            pb.MapRequest(envelopes=[envelope(1, "<Vd><Lam>treo</Lam></Vd>")]).SerializeToString()
        )
        self.assertEqual(daemon.describe().name, "mau")
        assert daemon.process.stdin
        daemon.process.stdin.close()
        self.assertEqual(daemon.wait(), 0)
        self.assertTrue(gone(os.path.dirname(daemon.socket)))
        with self.assertRaises(grpc.RpcError):
            hanging.result(60)

    def test_a_path_that_is_too_long_for_a_socket_is_told(self) -> None:
        long = "/tmp/" + "x" * 120
        os.makedirs(long, exist_ok=True)
        self.addCleanup(os.rmdir, long)
        r = subprocess.run(
            [sys.executable, str(PLUGIN)],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.PIPE,
            env={"LGSPD_PLUGIN": "lgsp.plugin.v1", "TMPDIR": long},
        )
        self.assertEqual(r.returncode, 1)
        self.assertIn("too long for a socket", r.stderr)
