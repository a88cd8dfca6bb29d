package main

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings"
)

// changed loads a shipped mapping with some of its text exchanged.
func changed(t *testing.T, service string, pairs ...string) *mappings.Mapping {
	t.Helper()
	tree := fstest.MapFS{}
	err := fs.WalkDir(mappings.Shipped(), service, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(mappings.Shipped(), name)
		if strings.HasSuffix(name, "mapping.yaml") {
			for i := 0; i < len(pairs); i += 2 {
				text = []byte(replaceOnce(t, string(text), pairs[i], pairs[i+1]))
			}
		}
		tree[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	set, err := mappings.Load(tree)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Get(service)
	return m
}

// What other parts of the daemon were made for at the start cannot follow a
// mapping; everything else can.
func TestAMappingIsReplacedUnlessThatNeedsARestart(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	s.replace(t, "{nhanHoSoDKHT: {path: /apiLienThongKSKT/1.0/nhanHoSoDKHT}}", "{nhanHoSoDKHT: {path: /apiLienThongKSKT/1.0/nhanHoSoDKHT}, duongKhac: {path: /khac}}")
	cfg := s.load(t)
	loaded, err := loadMappings(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f := fitting{cfg, loaded}
	const messages, lookUps = "hotich.khai-tu", "dancu.tra-cuu"
	for name, row := range map[string]struct {
		service string
		pairs   []string
		want    []string // of each problem, in order; none = it fits
	}{
		"another title, doc and rule":   {messages, words("title: Đăng ký khai tử liên thông", "title: Khai tử", "doc: Nơi mất}", "doc: Nơi}"), nil},
		"another action":                {messages, words("  root: GUI_KHAI_TU\n", "  root: GUI_KHAI_TU\n  action: khac\n"), nil},
		"a route that has an operation": {messages, words("route: nhanHoSoDKHT", "route: duongKhac"), nil},
		"a route that has none": {messages, words("route: nhanHoSoDKHT", "route: khongCo"),
			words(`mapping.yaml:31:1: target.route was "nhanHoSoDKHT", and upstream hotich has no operation for "khongCo"; add it to operations and restart lgspd`)},
		"a route that citizens are looked up by": {"dancu.cap-nhat", words("route: CapNhatThongTinCongDan", "route: TraCuuThongTinCongDan"), words("target.route was", "settled at the start")},
		"another namespace":                      {messages, words("namespace: http://khaitu.hotich.vidu.gov.vn/ws/", "namespace: urn:khac"), words(`source.namespace was "http://khaitu.hotich.vidu.gov.vn/ws/", and departments call it by that; a restart of lgspd is needed for "urn:khac"`)},
		"another root":                           {messages, words("root: GUI_KHAI_TU", "root: KHAC"), words(`mapping.yaml:12:1: source.root was "GUI_KHAI_TU", and departments call it by that; a restart of lgspd is needed for "KHAC"`)},
		"another look-up's route":                {lookUps, words("route: TraCuuThongTinCongDan", "route: XacThucThongTinCongDan"), nil},
		"a look-up by a route of messages":       {lookUps, words("route: TraCuuThongTinCongDan", "route: CapNhatThongTinCongDan"), words("target.route was", "settled at the start")},
		"another form of answers":                {lookUps, words("reply:\n", "reply:\n  form: qcvn109\n"), words(`reply.source and reply.form was "CongdanCollection of http://www.mic.gov.vn/dancu/1.0"`)},
	} {
		t.Run(name, func(t *testing.T) {
			problems := f.problems(row.service, loaded[row.service], changed(t, row.service, row.pairs...))
			if (len(problems) == 0) != (row.want == nil) {
				t.Fatalf("got %v, want %v", problems, row.want)
			}
			for _, want := range row.want {
				if !strings.Contains(problems.Error(), want) {
					t.Errorf("got %v, want %s", problems, want)
				}
			}
		})
	}
	t.Run("another kind and form", func(t *testing.T) {
		problems := f.problems(messages, loaded[messages], loaded[lookUps])
		for _, want := range []string{`kind was "message", and the service is served as that`, "source.namespace was", "source.root was", `target.form was "json", and the upstream takes that`, "reply.source and reply.form was \"\""} {
			if !strings.Contains(problems.Error(), want) {
				t.Errorf("got %v, want %s", problems, want)
			}
		}
	})
}
