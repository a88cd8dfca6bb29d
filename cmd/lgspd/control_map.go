package main

import (
	"context"
	"net/http"

	"lgsp.internal/adapter/internal/reload"
)

// The paths of the socket that are about mappings.
const (
	reloadPath  = "/map/reload"
	mapListPath = "/map/list"
)

// mapRequest and mapAnswer are what goes over the socket.
type mapRequest struct {
	Services []string `json:"services,omitempty"` // none = all with a folder of their own
	By       string   `json:"by,omitempty"`
}

type mapAnswer struct {
	Outcomes []reload.Outcome `json:"outcomes,omitempty"`
	States   []reload.State   `json:"states,omitempty"`
	Error    *sentError       `json:"error,omitempty"`
}

// reload loads mappings anew; see Reloader.Reload. Who asked may go, and the
// daemon may be told to stop: either gives up what is not done yet.
func (k *control) reload(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	var q mapRequest
	if !readControl(w, r, &q) {
		return
	}
	asking, stop := context.WithCancel(r.Context())
	defer context.AfterFunc(ctx, stop)()
	defer stop()
	outcomes, err := k.maps.Reload(asking, q.By, q.Services...)
	k.answer(w, mapAnswer{Outcomes: outcomes, Error: sentOf(err)})
}

// Reload has the daemon load mappings anew.
func (c *controlClient) Reload(ctx context.Context, by string, services []string) ([]reload.Outcome, error) {
	defer c.http.CloseIdleConnections()
	var a mapAnswer
	if err := c.exchange(ctx, reloadPath, mapRequest{Services: services, By: by}, &a); err != nil {
		return nil, err
	}
	return a.Outcomes, a.Error.err()
}

// Mappings asks the daemon where its mappings stand.
func (c *controlClient) Mappings(ctx context.Context) ([]reload.State, error) {
	defer c.http.CloseIdleConnections()
	var a mapAnswer
	if err := c.exchange(ctx, mapListPath, mapRequest{}, &a); err != nil {
		return nil, err
	}
	return a.States, a.Error.err()
}
