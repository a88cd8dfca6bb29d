package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/reload"
)

// control is how commands on this machine have the running daemon do what only
// it may do: a socket in the data folder, which nobody but the daemon's own
// account and root can open.
type control struct {
	path    string
	desk    *clean.Desk
	plugins plugins
	maps    *reload.Reloader
	log     *slog.Logger

	ln       net.Listener   // nil where a socket could not be made
	underway sync.WaitGroup // requests
}

// wait waits for the requests that are under way. What they ask has to end first.
func (k *control) wait() { k.underway.Wait() }

func controlPath(cfg config.Config) string { return filepath.Join(cfg.Data, "lgspd.sock") }

// What a request over the socket may cost.
const (
	controlBody  = 4 << 20 // bytes
	controlDrain = 15 * time.Second
)

// The paths of the socket.
const (
	checkPath  = "/clean/check"
	finishPath = "/clean/finish"
)

// listen makes the socket, so that a command finds it as soon as departments
// find the door. That it cannot be made, because its path is too long for one,
// stops no department from being served.
func (k *control) listen(ctx context.Context) {
	ln, err := listenAlone(ctx, k.path)
	if err != nil {
		k.log.Warn("there is no control socket, so lgspd clean, lgspd plugin and lgspd map reload cannot work; a shorter data folder helps if its path is too long", "path", k.path, "err", err)
		return
	}
	k.ln = ln
}

// Run serves what listen made until ctx ends.
func (k *control) Run(ctx context.Context) error {
	if k.ln == nil {
		<-ctx.Done()
		return nil
	}
	srv := &http.Server{Handler: k.handler(ctx), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(k.log.Handler(), slog.LevelDebug)}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(k.ln) }()
	select {
	case err := <-ended:
		return errors.Join(fmt.Errorf("serve the control socket: %w", err), srv.Close())
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), controlDrain)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("close the control socket: %w", err), srv.Close())
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// listenAlone makes a socket that only its owner can open. The folder around it
// keeps others out until its mode is set.
func listenAlone(ctx context.Context, path string) (net.Listener, error) {
	// The data folder is locked, so a socket that lies there is nobody's.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

func (k *control) handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	counted := func(do http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			k.underway.Add(1)
			defer k.underway.Done()
			do(w, r)
		}
	}
	mux.HandleFunc("POST "+checkPath, counted(func(w http.ResponseWriter, r *http.Request) {
		var q cleanRequest
		if !readControl(w, r, &q) {
			return
		}
		// Who asked may go, and the daemon may be told to stop: either begins nothing new.
		asking, stop := context.WithCancel(r.Context())
		defer context.AfterFunc(ctx, stop)()
		defer stop()
		outcomes, err := k.desk.Check(asking, q.Question, q.Rows)
		k.answer(w, cleanAnswer{Outcomes: outcomes, Error: sentOf(err)})
	}))
	mux.HandleFunc("POST "+finishPath, counted(func(w http.ResponseWriter, r *http.Request) {
		var q cleanRequest
		if !readControl(w, r, &q) {
			return
		}
		k.answer(w, cleanAnswer{Error: sentOf(k.desk.Finish(r.Context(), q.Question))})
	}))
	k.servePlugins(mux, counted)
	mux.HandleFunc("POST "+reloadPath, counted(func(w http.ResponseWriter, r *http.Request) { k.reload(ctx, w, r) }))
	mux.HandleFunc("POST "+mapListPath, counted(func(w http.ResponseWriter, r *http.Request) { k.answer(w, mapAnswer{States: k.maps.List()}) }))
	return mux
}

func readControl(w http.ResponseWriter, r *http.Request, to any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, controlBody))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		http.Error(w, "the request cannot be read; is this command of the same version as the daemon?", http.StatusBadRequest)
		return false
	}
	return true
}

func (k *control) answer(w http.ResponseWriter, a any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(a); err != nil {
		k.log.Debug("the answer was not taken", "err", err) // the journal has it
	}
}

// cleanRequest and cleanAnswer are what goes over the socket.
type cleanRequest struct {
	Question clean.Question `json:"question"`
	Rows     []clean.Row    `json:"rows,omitempty"`
}

type cleanAnswer struct {
	Outcomes []clean.Outcome `json:"outcomes,omitempty"`
	Error    *sentError      `json:"error,omitempty"`
}

// sentError is an error on its way to a command.
type sentError struct {
	Kind  lgsp.Kind     `json:"kind"`
	Code  string        `json:"code,omitempty"`
	Text  string        `json:"text,omitempty"`
	After time.Duration `json:"after,omitempty"`
	Cause string        `json:"cause,omitempty"`
}

func sentOf(err error) *sentError {
	if err == nil {
		return nil
	}
	s := &sentError{Kind: lgsp.KindOf(err), Text: lgsp.TextOf(err), Cause: err.Error()}
	var e *lgsp.Error
	if errors.As(err, &e) {
		s.Code, s.After = e.Code, e.After
	}
	return s
}

func (s *sentError) err() error {
	if s == nil {
		return nil
	}
	return &lgsp.Error{Kind: s.Kind, Op: "daemon", Code: s.Code, Text: s.Text, After: s.After, Err: errors.New(s.Cause)}
}

// controlClient is a desk of the daemon that runs.
type controlClient struct {
	path string
	http http.Client
}

func newControlClient(cfg config.Config) *controlClient {
	c := &controlClient{path: controlPath(cfg)}
	c.http.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", c.path)
	}}
	return c
}

// dial finds out whether the daemon runs.
func (c *controlClient) dial(ctx context.Context) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", c.path)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	return conn.Close()
}

// Check has the daemon check rows; see clean.Checker.
func (c *controlClient) Check(ctx context.Context, q clean.Question, rows []clean.Row) ([]clean.Outcome, error) {
	return c.call(ctx, checkPath, cleanRequest{Question: q, Rows: rows})
}

// Finish tells the daemon that the result of a list is written.
func (c *controlClient) Finish(ctx context.Context, q clean.Question) error {
	_, err := c.call(ctx, finishPath, cleanRequest{Question: q})
	return err
}

func (c *controlClient) call(ctx context.Context, path string, q cleanRequest) ([]clean.Outcome, error) {
	var a cleanAnswer
	if err := c.exchange(ctx, path, q, &a); err != nil {
		return nil, err
	}
	return a.Outcomes, a.Error.err()
}

// exchange sends a request and reads the answer.
func (c *controlClient) exchange(ctx context.Context, path string, q, a any) error {
	body, err := json.Marshal(q)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://lgspd"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	if resp.StatusCode == http.StatusOK {
		err = json.NewDecoder(resp.Body).Decode(a)
	} else {
		text, readErr := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		err = errors.Join(fmt.Errorf("the daemon answers %s: %s", resp.Status, text), readErr)
	}
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return c.unreachable(ctx, err)
	}
	return nil
}

// unreachable is the error of a daemon that cannot be spoken to, which may be
// about to start again.
func (c *controlClient) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &lgsp.Error{Kind: lgsp.Unavailable, Op: "daemon", Code: "NotRunning", Err: err}
}
