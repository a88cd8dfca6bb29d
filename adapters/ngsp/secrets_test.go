package ngsp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }

// The marks are in every place where a secret or citizen data can be.
const (
	secretMark  = "MARKSECRET"
	citizenMark = "MARKCITIZEN"
)

func marked(o *Options) {
	o.LGSPAccessToken = LGSPAccessToken{AccessKey: "a", SecretKey: secretMark + "2"}
	o.APIKey = APIKey{Header: "ApiKey", Value: secretMark + "3"}
	o.Headers = map[string]Secret{"X-Pass": secretMark + "4"}
	o.XRoad = XRoad{Client: "VN/GOV/H29/lgsp", UserID: secretMark + "5"}
	o.Timeout = 100 * time.Millisecond
	o.ConnectTimeout = 50 * time.Millisecond
}

func markedToken(o *Options) { o.Token = Token{ConsumerKey: "k", ConsumerSecret: secretMark + "1"} }
func markedC06(o *Options)   { o.C06 = C06{Username: "u", SecretKey: secretMark + "6"} }

// badAnswers are answers of every kind that quote what they were sent.
func badAnswers() []string {
	quoted := citizenMark + " 079000000000 " + secretMark
	out := []string{"", quoted, "<html>" + quoted, "{" + quoted, `{"status":"` + quoted + `"}`, `{"access_token":"` + quoted + `"}`,
		`{"error":"` + quoted + `"}`, soapYes("<" + citizenMark + "/>"), soapYes("<x>" + quoted), `{"error_code":"0","message":"<` + quoted + `"}`}
	for i := range fates {
		if phrase, ok := strings.CutPrefix(fates[i].on, "text "); ok {
			out = append(out, `{"status":0,"errorCode":"`+citizenMark+`","errorDescription":"`+quoted+" "+phrase+`"}`)
		}
	}
	for _, code := range []string{"soapenv:Server", "soapenv:Client", citizenMark, "Server.ServerProxy." + citizenMark, "Client.InvalidSoap"} {
		out = append(out, soapYes("<soapenv:Fault><faultcode>"+code+"</faultcode><faultstring>"+quoted+"</faultstring><detail><MaLoi>"+citizenMark+"</MaLoi></detail></soapenv:Fault>"))
	}
	return out
}

// TestNoSecretAndNoCitizenDataIsEverInAnErrorOrALog provokes every failure that
// an upstream can cause and looks for the marks in all that comes out.
func TestNoSecretAndNoCitizenDataIsEverInAnErrorOrALog(t *testing.T) {
	var out bytes.Buffer
	logged := func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	try := func(url string, auth func(*Options), form Form) {
		c := connect(t, url, form, marked, auth, logged)
		d := document(form)
		d.Body = append(d.Body, citizenMark...)
		d.Subject = citizenMark
		_, err := c.Deliver(t.Context(), testID, d)
		if err == nil {
			return
		}
		show(&out, err)
		show(&out, c.Probe(t.Context()))
		c.Close()
	}
	for _, auth := range []func(*Options){markedToken, markedC06} {
		for _, form := range []Form{JSON, SOAP} {
			for _, body := range badAnswers() {
				for _, status := range []int{200, 302, 400, 401, 500} {
					srv := answer(status, body, "Location", "/login?pass="+secretMark, "X-Request-Id", citizenMark, "X-Road-Error", "Server."+citizenMark, "Retry-After", citizenMark)
					c := serve(t, func(w http.ResponseWriter, r *http.Request) {
						if isToken(r) && status != 400 {
							answer(200, tokenYes)(w, r)
							return
						}
						srv(w, r)
					}, form, marked, auth, logged)
					d := document(form)
					d.Subject = citizenMark
					if _, err := c.Deliver(t.Context(), testID, d); err != nil {
						show(&out, err)
					}
					c.Close()
				}
			}
			try("http://127.0.0.1:1", auth, form)
			try("http://"+rawServer(t, func(c net.Conn) { _, _ = fmt.Fprint(c, "HTTP/1.1 200 OK\r\n"+citizenMark+" "+secretMark+"\r\n\r\n") }), auth, form)
			try("http://"+rawServer(t, func(c net.Conn) { _, _ = fmt.Fprint(c, citizenMark+secretMark) }), auth, form)
			try("https://"+rawServer(t, func(c net.Conn) { _, _ = fmt.Fprint(c, citizenMark+secretMark) }), auth, form)
		}
	}
	for _, mark := range []string{secretMark, citizenMark, "079000000000"} {
		if i := strings.Index(out.String(), mark); i >= 0 {
			t.Errorf("%s came out: …%s…", mark, out.String()[max(0, i-300):min(out.Len(), i+60)])
		}
	}
	if out.Len() < 10_000 {
		t.Errorf("only %d bytes came out: the test provoked too little", out.Len())
	}
}

// show writes an error in every way that a program may.
func show(w io.Writer, err error) {
	if err == nil {
		return
	}
	fmt.Fprintf(w, "%v %+v %s\n", err, err, lgsp.TextOf(err))
	for e := err; e != nil; e = errors.Unwrap(e) {
		fmt.Fprintf(w, "%s %#v\n", e, e)
	}
}

func TestOptionsDoNotShowTheirSecrets(t *testing.T) {
	o := Options{}
	marked(&o)
	markedToken(&o)
	markedC06(&o)
	o.XRoad.UserID = ""
	b, err := json.Marshal(struct {
		T Token
		L LGSPAccessToken
		C C06
		A APIKey
		H map[string]Secret
	}{o.Token, o.LGSPAccessToken, o.C06, o.APIKey, o.Headers})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", o.APIKey.Value, "options", o.Token)
	shown := fmt.Sprintf("%v %+v %#v %s %s", o, o, o, b, out.String())
	if strings.Contains(shown, secretMark) {
		t.Errorf("got %s", shown)
	}
}

func TestAProblemOfTheOptionsDoesNotShowASecret(t *testing.T) {
	o := Options{URL: "https://user:" + secretMark + "@host?key=" + secretMark, Headers: map[string]Secret{"Authorization": secretMark, "X": secretMark + "\n"}}
	marked(&o)
	markedToken(&o)
	markedC06(&o)
	o.Token.ConsumerSecret += "\n"
	_, err := New(o)
	if err == nil || strings.Contains(err.Error(), secretMark) {
		t.Errorf("got %v", err)
	}
	o.URL = "https://ho st/" + secretMark
	if _, err = New(o); err == nil || strings.Contains(err.Error(), secretMark) {
		t.Errorf("got %v", err)
	}
}
