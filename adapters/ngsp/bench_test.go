package ngsp

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"testing"

	lgsp "lgsp.internal/adapter"
)

// birth has the size of a birth registration without enclosures.
func birth() []byte {
	b := []byte(`{"maDonVi":"00004","module":"LTKS","maHoSoLT":"x","maHoSoMCDT":"y","ngayTiepNhan":"2026-03-02","data":"`)
	for i := range 40 {
		b = fmt.Appendf(b, `\"nksTruong%d\":\"Nguyễn Thị Mẫu %d\",`, i, i)
	}
	return append(b, `","fileDinhKem":[]}`...)
}

// sink is an upstream that costs next to nothing, so that the client is what is
// measured: it reads requests by their Content-Length and answers the same bytes.
func sink(b *testing.B, body string) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	out := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answerAll(conn, out)
		}
	}()
	return "http://" + l.Addr().String()
}

func answerAll(conn net.Conn, out []byte) {
	defer conn.Close()
	buf := make([]byte, 64<<10)
	have := 0
	for {
		n, err := conn.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		if size := requestSize(buf[:have]); size > 0 && have >= size {
			have = copy(buf, buf[size:have])
			if _, err := conn.Write(out); err != nil {
				return
			}
		}
	}
}

// requestSize returns the length of the first request in buf, 0 while its head
// is not complete.
func requestSize(buf []byte) int {
	head := bytes.Index(buf, []byte("\r\n\r\n"))
	at := bytes.Index(buf, []byte("Content-Length: "))
	if head < 0 || at < 0 {
		return 0
	}
	digits, _, _ := bytes.Cut(buf[at+len("Content-Length: "):], []byte("\r\n"))
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return head + 4 + n
}

func benchmarkDeliver(b *testing.B, form Form, body []byte, reply string, set ...func(*Options)) {
	c := connect(b, sink(b, reply), form, set...)
	d := document(form)
	d.Body = body
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	b.SetParallelism(8)
	b.ResetTimer()
	before := cpuTime(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Deliver(b.Context(), testID, d); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/1e3, "cpu-µs/op")
}

// cpuTime is what this process, the sink included, has cost so far, in ns. On a
// machine that others use too it says more than the clock.
func cpuTime(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkDeliverJSON(b *testing.B) { benchmarkDeliver(b, JSON, birth(), jsonYes) }

func BenchmarkDeliverSOAP(b *testing.B) {
	reply := soapYes(`<CapNhatThongTinCongDanResponse xmlns="http://www.mic.gov.vn/dancu/1.0"><KetQua><MaYeuCau>x</MaYeuCau><TrangThai>1</TrangThai><MaLoi></MaLoi><MoTaLoi></MoTaLoi></KetQua></CapNhatThongTinCongDanResponse>`)
	benchmarkDeliver(b, SOAP, []byte(soapBare), reply)
}

func BenchmarkDeliverSigned(b *testing.B) {
	benchmarkDeliver(b, JSON, birth(), jsonYes, func(o *Options) { o.C06 = C06{Username: "u", SecretKey: "k"} })
}

func BenchmarkDeliverRefused(b *testing.B) {
	c := serve(b, answer(200, `{"status":0,"errorDescription":"nksNgaySinh có định dạng không đúng"}`), JSON)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Deliver(b.Context(), testID, document(JSON)); lgsp.KindOf(err) != lgsp.Invalid {
			b.Fatal(err)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	soap := soapYes(`<CapNhatThongTinCongDanResponse xmlns="http://www.mic.gov.vn/dancu/1.0"><KetQua><MaYeuCau>x</MaYeuCau><TrangThai>1</TrangThai><MaLoi></MaLoi></KetQua></CapNhatThongTinCongDanResponse>`)
	op := &operation{response: []string{soapRoute + "Response"}}
	for name, row := range map[string]struct {
		form Form
		body string
	}{"json": {JSON, jsonYes}, "soap": {SOAP, soap}, "soap in json": {SOAP, `{"error_code":"0","message":` + quote(soap) + `}`}} {
		b.Run(name, func(b *testing.B) {
			j := testJudge(row.form)
			r := reply{status: 200, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(row.body)}
			b.ReportAllocs()
			for b.Loop() {
				if v := j.verdict(op, r); !v.done {
					b.Fatal(v.on)
				}
			}
		})
	}
}
