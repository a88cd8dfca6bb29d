package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/plugins/host"
)

// plugins are the programs that map, by name.
type plugins map[string]*host.Host

// newPlugins makes the plugins of a configuration. It starts none.
func newPlugins(cfg config.Config, log *slog.Logger) (plugins, error) {
	made := plugins{}
	data, err := filepath.Abs(cfg.Data)
	if err != nil {
		return nil, err
	}
	hidden, err := hiddenFromPlugins(data, cfg.Private())
	if err != nil {
		return nil, err
	}
	for _, p := range cfg.Plugins {
		// The configuration was checked to the end of links, which may lead elsewhere later.
		program, err := filepath.EvalSymlinks(p.Command)
		if err != nil {
			return nil, usageError("plugin %s: %w", p.Name, err)
		}
		made[p.Name], err = host.New(host.Options{Name: p.Name, Command: program, Args: p.Args, SHA256: p.SHA256,
			Dir: filepath.Join(data, "plugins", p.Name), Hidden: hidden, Timeout: p.Timeout, Memory: int64(p.Memory), Log: log})
		if err != nil {
			return nil, usageError("plugin %s: %w", p.Name, err)
		}
	}
	return made, nil
}

// shared are folders in which programs have what they need to run.
var shared = map[string]bool{"/": true, "/etc": true, "/usr/local/etc": true, "/tmp": true, "/var/tmp": true}

// hiddenFromPlugins returns what plugins may not read: the data, and each private
// file with the folder that it lies in, where copies of it lie as well.
func hiddenFromPlugins(data string, private []string) ([]string, error) {
	hidden := []string{data}
	for _, path := range private {
		path, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		if folder := filepath.Dir(path); !shared[folder] {
			path = folder
		}
		if !slices.Contains(hidden, path) {
			hidden = append(hidden, path)
		}
	}
	return hidden, nil
}

// compose returns what maps by a mapping: itself, or the plugin that it names.
func (p plugins) compose(m *mappings.Mapping) (lgsp.Mapper, error) {
	if m.Plugin() == "" {
		return m, nil
	}
	h, ok := p[m.Plugin()]
	if !ok {
		return nil, usageError("the plugin %s of the mapping is not in the configuration; add it to plugins", m.Plugin())
	}
	return m.With(h), nil
}

// run starts every plugin. The returned end ends them, and waits until nothing
// of them is left.
func (p plugins) run(ctx context.Context) (end func() error) {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, len(p))
	for _, h := range p {
		go func() { ended <- h.Run(ctx) }()
	}
	return func() error {
		stop()
		var errs []error
		for range p {
			errs = append(errs, <-ended)
		}
		return errors.Join(errs...)
	}
}

// pinned reports whether a plugin's program is the one of the configuration.
func pinned(p config.Plugin) error {
	found, err := config.Sum(p.Command)
	if err == nil && found != p.SHA256 {
		err = fmt.Errorf("%s is not the program that was pinned; see lgspd plugin pin %s", p.Command, p.Name)
	}
	return err
}

// The paths of the control socket for plugins.
const (
	pluginsPath       = "/plugins/list"
	restartPluginPath = "/plugins/restart"
)

// pluginRequest and pluginAnswer are what goes over the socket.
type pluginRequest struct {
	Name string `json:"name,omitempty"` // of the one to restart
}

type pluginAnswer struct {
	Plugins []host.Status `json:"plugins"`
	Error   *sentError    `json:"error,omitempty"`
}

func (k *control) servePlugins(mux *http.ServeMux, counted func(http.HandlerFunc) http.HandlerFunc) {
	mux.HandleFunc("POST "+pluginsPath, counted(func(w http.ResponseWriter, r *http.Request) {
		var q pluginRequest
		if !readControl(w, r, &q) {
			return
		}
		a := pluginAnswer{Plugins: []host.Status{}}
		for _, h := range k.plugins {
			a.Plugins = append(a.Plugins, h.Status())
		}
		k.answer(w, a)
	}))
	mux.HandleFunc("POST "+restartPluginPath, counted(func(w http.ResponseWriter, r *http.Request) {
		var q pluginRequest
		if !readControl(w, r, &q) {
			return
		}
		a := pluginAnswer{Plugins: []host.Status{}}
		if h, ok := k.plugins[q.Name]; ok {
			k.log.Info("a plugin is restarted by order", "plugin", q.Name)
			status, err := h.Restart(r.Context())
			a.Plugins, a.Error = append(a.Plugins, status), sentOf(err)
		}
		k.answer(w, a)
	}))
}

// plugins asks the daemon how its plugins are, or to restart one of them.
func (c *controlClient) plugins(ctx context.Context, path, name string) ([]host.Status, error) {
	var a pluginAnswer
	if err := c.exchange(ctx, path, pluginRequest{Name: name}, &a); err != nil {
		return nil, err
	}
	return a.Plugins, a.Error.err()
}
