package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"lgsp.internal/adapter/plugins/wire"
)

// plugin makes {"id":…,"ma":…,"ten":…} of <Phieu><Ma/><Ten/></Phieu>.
type plugin struct {
	wire.UnimplementedPluginServer
	flaw string
	stop chan struct{}

	under atomic.Int64 // calls under way
	count atomic.Int64 // messages so far
	mu    sync.Mutex
	hoard [][]byte
}

func (p *plugin) is(flaw string) bool { return p.flaw == flaw }

func (p *plugin) Describe(context.Context, *wire.DescribeRequest) (*wire.Description, error) {
	d := &wire.Description{Name: "broken", Version: "1", Sdk: "go 1", Replies: true}
	if p.is("nameless") {
		d.Name = ""
	}
	if p.is("no replies") {
		d.Replies = false
	}
	return d, nil
}

func (p *plugin) Map(ctx context.Context, q *wire.MapRequest) (*wire.MapResponse, error) {
	defer p.under.Add(-1)
	others := p.under.Add(1) > 1
	if p.is("mixes calls up") {
		p.wait(20 * time.Millisecond)
		others = others || p.under.Load() > 1
	}
	if p.is("ends with a call") {
		p.wait(20 * time.Millisecond)
		if ctx.Err() != nil {
			os.Exit(3)
		}
	}
	r := &wire.MapResponse{}
	for _, e := range q.GetEnvelopes() {
		o := p.one(e)
		o.Id = e.GetId()
		switch d := o.GetDocument(); {
		case d == nil:
		case p.is("tells what came along") && len(q.GetEnvelopes()) > 1,
			p.is("mixes calls up") && others:
			d.Lane += "x"
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	if p.is("forgets one") && len(r.GetOutcomes()) > 1 {
		r.Outcomes = r.GetOutcomes()[1:]
	}
	switch all := r.GetOutcomes(); {
	case p.is("answers backwards"):
		slices.Reverse(all)
	case p.is("swaps ids") && len(all) > 1:
		all[0].Id, all[1].Id = all[1].GetId(), all[0].GetId()
	case p.is("answers under no id"):
		all[len(all)-1].Id = nil
	case p.is("answers under an id of its own"):
		for _, o := range all {
			o.Id = make([]byte, 16)
		}
	}
	return r, nil
}

func (p *plugin) wait(d time.Duration) { <-time.After(d) }

type message struct {
	Ma  string
	Ten string
}

func (p *plugin) one(e *wire.Envelope) *wire.Outcome {
	n := p.count.Add(1)
	p.misbehave(e)
	var m message
	if err := xml.Unmarshal(e.GetBody(), &m); err != nil {
		return &wire.Outcome{Error: &wire.Error{Cause: "no XML"}}
	}
	if bad := p.faults(m); len(bad) > 0 {
		if p.is("fieldless") {
			bad = nil
		}
		return &wire.Outcome{Error: &wire.Error{Kind: wire.Kind_INVALID, Code: "Invalid", Text: "Thông điệp có trường sai.", Fields: bad}}
	}
	body, err := json.Marshal(map[string]string{"id": hex.EncodeToString(e.GetId()), "ma": m.Ma, "ten": m.Ten})
	if err != nil {
		return &wire.Outcome{Error: &wire.Error{Cause: "no JSON"}}
	}
	return &wire.Outcome{Document: p.spoilt(&wire.Document{LegacyId: m.Ma, Body: body}, m, n)}
}

// misbehave does what hurts whatever the message is.
func (p *plugin) misbehave(e *wire.Envelope) {
	switch p.flaw {
	case "crashes":
		if strings.Contains(string(e.GetBody()), "NaN") {
			os.Exit(3)
		}
	case "slow":
		if len(e.GetBody()) > 1<<20 {
			p.wait(time.Minute)
		}
	case "hoards":
		p.mu.Lock()
		p.hoard = append(p.hoard, touched(64<<10))
		p.mu.Unlock()
	case "talks":
		fmt.Fprintln(os.Stderr, "mapped one")
	case "prints values":
		fmt.Fprintln(os.Stderr, string(e.GetBody()))
	case "talks late", "prints values late", "prints a name late":
		text := "mapped one"
		if p.is("prints values late") {
			text = string(e.GetBody())
		}
		if p.is("prints a name late") { // of a good message
			if text = ""; strings.Contains(string(e.GetBody()), "Nguyễn Thị Mẫu") {
				text = "Nguyễn Thị Mẫu"
			}
		}
		time.AfterFunc(150*time.Millisecond, func() { fmt.Fprint(os.Stderr, text+"\n") })
	}
}

func (p *plugin) faults(m message) (bad []*wire.FieldError) {
	for path, value := range map[string]string{"/Phieu/Ma": m.Ma, "/Phieu/Ten": m.Ten} {
		f := &wire.FieldError{Path: path, Code: "missing", Text: "Thiếu giá trị bắt buộc."}
		if utf8.RuneCountInString(value) > 60 {
			f.Code, f.Text = "length", "Quá dài."
		} else if strings.TrimSpace(value) != "" {
			continue
		}
		switch p.flaw {
		case "pathless":
			f.Path = "Ma"
		case "textless":
			f.Text = ""
		case "tells values":
			f.Found = value
		case "tells the name beside":
			f.Found = strings.Join(strings.Fields(m.Ten), "_")
		case "says what the sample says":
			f.Text = "Mẫu chưa đúng, xem Nguyễn Thị Mẫu."
		}
		bad = append(bad, f)
	}
	if p.is("tells values") && strings.Contains(m.Ten, "9701") {
		return []*wire.FieldError{{Path: "/Phieu/Ten", Code: "pattern", Text: "Sai.", Found: m.Ten}}
	}
	if first, _, _ := strings.Cut(m.Ten, " "); p.is("tells a word") && first == "Zqxjk" {
		return []*wire.FieldError{{Path: "/Phieu/Ten", Code: "pattern", Text: "Sai: " + first + "."}}
	}
	if p.is("tells half a number") && strings.Contains(m.Ten, "9701") {
		return []*wire.FieldError{{Path: "/Phieu/Ten", Code: "pattern", Text: "Sai.", Found: m.Ten[:7] + "…"}}
	}
	if len(bad) == 2 && bad[0].GetPath() > bad[1].GetPath() {
		bad[0], bad[1] = bad[1], bad[0]
	}
	return bad
}

// spoilt is the document with what is wrong about it.
func (p *plugin) spoilt(d *wire.Document, m message, n int64) *wire.Document {
	switch p.flaw {
	case "counts":
		d.Lane = fmt.Sprint(n)
	case "knows its process":
		d.Lane = fmt.Sprint(os.Getpid())
	case "makes something else":
		d.Body = []byte(`{}`)
	case "cuts letters":
		d.Body = []byte(`"` + strings.Trim(string(m.Ten[:min(len(m.Ten), 7)]), `"\`) + `"`)
	case "writes by hand":
		d.Body = []byte(`{"ten":"` + m.Ten + `"}`)
	case "long lane":
		d.Lane = strings.Repeat(m.Ten, 20)
	}
	return d
}

func (p *plugin) Reply(_ context.Context, q *wire.ReplyRequest) (*wire.ReplyResponse, error) {
	var a struct {
		Text string `xml:",chardata"`
	}
	err := xml.Unmarshal(q.GetBody(), &a)
	switch {
	case p.is("crashes at an answer") && err != nil:
		os.Exit(3)
	case p.is("blocks at an answer"):
		select {}
	case p.is("tells the answer") && a.Text != "":
		return &wire.ReplyResponse{Error: &wire.Error{Cause: a.Text}}, nil
	case p.is("answers text"):
		return &wire.ReplyResponse{Body: []byte("xong <")}, nil
	case err != nil:
		return &wire.ReplyResponse{Error: &wire.Error{Cause: "no XML"}}, nil
	}
	return &wire.ReplyResponse{Body: []byte("<TraLoi/>")}, nil
}
