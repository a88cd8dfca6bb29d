package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/reload"
	"lgsp.internal/adapter/mappings"
)

// slow is a mapper whose cases take for ever.
type slow struct{ begun chan struct{} }

func (s slow) Map(ctx context.Context, _ lgsp.Envelope) (lgsp.Document, error) {
	close(s.begun)
	<-ctx.Done()
	return lgsp.Document{}, ctx.Err()
}

func TestAReloadUnderWayDoesNotKeepTheDaemonFromEnding(t *testing.T) {
	folder := filepath.Join(t.TempDir(), ownService)
	putInto(t, folder, versionFiles(t, 1))
	place, err := placeOf(folder)
	if err != nil {
		t.Fatal(err)
	}
	_, v, err := place.load(nil)
	if err != nil {
		t.Fatal(err)
	}
	putInto(t, folder, versionFiles(t, 2))
	mapper := slow{make(chan struct{})}
	k := &control{log: quiet(), maps: reload.New(reload.Options{CaseTime: time.Hour, Services: []reload.Service{{Name: ownService, Folder: folder, Live: mappings.NewLive(v)}},
		Compose: func(*mappings.Mapping) (lgsp.Mapper, error) { return mapper, nil }})}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	srv := httptest.NewServer(k.handler(ctx))
	defer srv.Close()
	go func() { <-mapper.begun; end() }()
	resp, err := http.Post(srv.URL+reloadPath, "application/json", strings.NewReader(`{"by":"thu"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var text strings.Builder
	if err := resp.Write(&text); err != nil || !strings.Contains(text.String(), `"code":"Stopped"`) {
		t.Errorf("it is told %s, %v", text.String(), err)
	}
	k.wait()
	if k.maps.List()[0].Hash != v.Hash {
		t.Error("what was not proved is in use")
	}
}
