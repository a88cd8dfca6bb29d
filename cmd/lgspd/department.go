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

// send sends one SOAP message and reads its receipt or fault.
func (d *department) send(ctx context.Context, service string, body []byte) (answer, error) {
	root, err := d.exchange(ctx, service, body)
	if err != nil {
		return answer{}, err
	}
	return readAnswer(root), nil
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

// exchange sends one SOAP message and returns the envelope that comes back.
func (d *department) exchange(ctx context.Context, service string, body []byte) (*etree.Element, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.addr+"/soap/"+service, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(d.username, d.password)
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("SOAPAction", `""`)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("send to %s: %w", service, err)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", service, err)
	}
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		return nil, fmt.Errorf("answer of %s (%s): %w", service, resp.Status, err)
	}
	return doc.Root(), nil
}
