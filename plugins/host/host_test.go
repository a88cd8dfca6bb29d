package host_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/host"
)

func TestAMessageGoesThroughAPluginAndComesBackAsItsDocument(t *testing.T) {
	r := newRig(t)
	e := r.envelope("<Phiếu/>")
	d, err := r.h.Map(context.Background(), e)
	if err != nil {
		t.Fatalf("%v\n%s", err, r.said)
	}
	want := lgsp.Document{Route: "nhan", LegacyID: e.ID.String(), Lane: "H29.1", Subject: "001199000001", Purpose: lgsp.Purpose{Procedure: "1.004222", Officer: "o", Unit: "u"},
		Body: []byte("<Phiếu/>"), Warnings: []lgsp.FieldError{{Path: "/A", Code: "code"}}}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("it is %+v, want %+v", d, want)
	}
	s := r.h.Status()
	if s.State != host.Ready || s.Version != "1.2.3" || s.SDK != "go 1" || !s.Replies || s.PID == 0 || s.Restarts != 0 {
		t.Errorf("the status is %+v", s)
	}
	if !strings.Contains(command(s.PID), misbehave) {
		t.Errorf("process %d is %q", s.PID, command(s.PID))
	}
}

func TestAReplyGoesThroughAPlugin(t *testing.T) {
	r := newRig(t)
	body, err := r.h.Reply(context.Background(), r.envelope("<Hoi/>"), lgsp.Ack{Ref: "R1", At: time.Now(), Body: []byte("<A/>")})
	if err != nil || string(body) != "<Tra>R1<A/></Tra>" {
		t.Errorf("the reply is %q (%v)", body, err)
	}
	_, err = r.h.Reply(context.Background(), r.envelope("<Hoi/>"), lgsp.Ack{Body: []byte("<none/>")})
	r.is(err, lgsp.Unavailable, "PluginAnswer")
	_, err = r.h.Reply(context.Background(), r.envelope("<Hoi/>"), lgsp.Ack{Body: []byte("<exit/>")})
	r.is(err, lgsp.Unavailable, "PluginDown")
	r.works()
}

func TestEveryKindAndItsFieldsCrossUnchanged(t *testing.T) {
	r := newRig(t)
	for kind := lgsp.Unknown; kind <= lgsp.Forbidden; kind++ {
		d, err := r.send("kind " + string('0'+rune(kind)))
		e := r.is(err, kind, "Own")
		fields := []lgsp.FieldError{{Path: "/A/B", Code: "date", Text: "Sai ngày", Found: "9 chữ số", Want: "dd/MM/yyyy"}}
		if e.Text != "Sai." || e.After != 3*time.Second || e.Err == nil || e.Err.Error() != "*errors.errorString" || !reflect.DeepEqual(e.Fields, fields) {
			t.Errorf("%s is %+v", kind, e)
		}
		var want lgsp.Document
		if kind == lgsp.Invalid {
			want = lgsp.Document{LegacyID: "HS-1", Lane: "L", Subject: "001199000001"}
		}
		if !reflect.DeepEqual(d, want) {
			t.Errorf("with %s comes the document %+v, want %+v", kind, d, want)
		}
	}
}

func TestAPanicOfTheAuthorCostsOneMessageAndTellsNothingOfIt(t *testing.T) {
	r := newRig(t)
	r.works()
	pid := r.h.Status().PID
	_, err := r.send("panic")
	if e := r.is(err, lgsp.Unknown, "Panic"); e.Text == "" || strings.Contains(e.Error(), "Mẫu") {
		t.Errorf("the error is %v, %q", e, e.Text)
	}
	r.works()
	if r.h.Status().PID != pid {
		t.Error("the plugin was started again")
	}
	r.until("the stack is not logged", func() bool { return strings.Contains(r.said.String(), "main.mapper.Map") })
	if strings.Contains(r.said.String(), "Mẫu") {
		t.Errorf("the log tells the value:\n%s", r.said)
	}
}

func TestAnErrorOfNoKindIsUnknown(t *testing.T) {
	r := newRig(t)
	_, err := r.send("plain")
	if e := r.is(err, lgsp.Unknown, ""); e.Err == nil || e.Err.Error() != "*errors.errorString" {
		t.Errorf("the cause is %v", e.Err)
	}
}

// An author who was not careful, or whose SDK is not ours: the mapper writes its
// own answer.
func TestNumbersOfCitizensInWhatAPluginAnswersOrPrintsAreMasked(t *testing.T) {
	r := newRig(t)
	_, err := r.send("tells 001199000001")
	e := r.is(err, lgsp.Invalid, "PluginCode")
	f := lgsp.FieldError{Path: "/A/************", Code: "PluginCode", Text: "Sai ************", Found: "************", Want: "khác ************"}
	if e.Text != "Số ************ sai." || len(e.Fields) != 1 || e.Fields[0] != f {
		t.Errorf("the error is %+v", e)
	}
	d, err := r.send("doubts 001199000001")
	if err != nil || len(d.Warnings) != 1 || d.Warnings[0] != f {
		t.Errorf("the document is %+v (%v)", d, err)
	}
	if d.LegacyID != "001199000001" || string(d.Body) != "doubts 001199000001" {
		t.Errorf("what is to be sent is changed: %+v", d)
	}
	if _, err := r.send("print 001199000001"); err != nil {
		t.Fatal(err)
	}
	r.until("the line is not logged", func() bool { return strings.Contains(r.said.String(), "in 5 số ************.") })
	if strings.Contains(r.said.String(), "0011990") {
		t.Errorf("the log tells the number:\n%s", r.said)
	}
}

func TestWhatAPluginAnswersIsBounded(t *testing.T) {
	r := newRig(t, func(o *host.Options) { o.Memory = 1 << 30 })
	for _, body := range []string{"nothing", "big 33", "long-lane"} {
		_, err := r.send(body)
		r.is(err, lgsp.Unavailable, "PluginAnswer")
	}
	_, err := r.send("big 65") // more than a response may have
	r.is(err, lgsp.Unavailable, "PluginAnswer")
	if d, err := r.send("not-utf8"); err != nil || d.Lane != "a\uFFFDb" {
		t.Errorf("the lane is %q (%v)", d.Lane, err)
	}
	_, err = r.send("fields 2000")
	e := r.is(err, lgsp.Invalid, "")
	if len(e.Fields) != 500 || len(e.Text) > 2<<10 || !strings.HasSuffix(e.Text, "ă…") || len(e.Fields[0].Path) != 1<<10 || len(e.Fields[0].Text) > 2<<10 {
		t.Errorf("there are %d fields, a text of %d bytes, a path of %d", len(e.Fields), len(e.Text), len(e.Fields[0].Path))
	}
	if r.h.Status().Restarts != 0 {
		t.Error("the plugin was started again")
	}
}

func TestALargeMessageCrosses(t *testing.T) {
	r := newRig(t, func(o *host.Options) { o.Memory = 1 << 30 })
	body := strings.Repeat("x", 31<<20)
	if d, err := r.send(body); err != nil || len(d.Body) != len(body) {
		t.Errorf("%d bytes came back (%v)", len(d.Body), err)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	good := host.Options{Name: "thu", Command: misbehave, SHA256: sum, Dir: t.TempDir()}
	for name, spoil := range map[string]func(*host.Options){
		"no checksum":       func(o *host.Options) { o.SHA256 = "" },
		"a short checksum":  func(o *host.Options) { o.SHA256 = "abcd" },
		"no hexadecimals":   func(o *host.Options) { o.SHA256 = strings.Repeat("x", 64) },
		"a relative path":   func(o *host.Options) { o.Command = "misbehave" },
		"a relative folder": func(o *host.Options) { o.Dir = "thu" },
	} {
		o := good
		spoil(&o)
		if _, err := host.New(o); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
