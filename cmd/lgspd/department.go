package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// department sends SOAP messages as a department's system does.
type department struct {
	addr               string
	username, password string
}

// answer is what a department gets back: a receipt or a fault.
type answer struct {
	id        string
	duplicate bool
	fault     string // the sentence, "" for a receipt
	code      string
	fields    int // bad fields that were named
}

const maxAnswer = 1 << 20

func (d *department) send(ctx context.Context, service string, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.addr+"/soap/"+service, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.SetBasicAuth(d.username, d.password)
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("SOAPAction", `""`)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("send to %s: %w", service, err)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return answer{}, fmt.Errorf("read the answer of %s: %w", service, err)
	}
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		return answer{}, fmt.Errorf("answer of %s (%s): %w", service, resp.Status, err)
	}
	return readAnswer(doc.Root()), nil
}

func readAnswer(root *etree.Element) answer {
	text := func(name string) string {
		if e := root.FindElement("//" + name); e != nil {
			return strings.TrimSpace(e.Text())
		}
		return ""
	}
	return answer{
		id: text("MaTiepNhan"), duplicate: text("TrungLap") == "true",
		fault: text("faultstring"), code: text("faultcode"), fields: len(root.FindElements("//Truong")),
	}
}
