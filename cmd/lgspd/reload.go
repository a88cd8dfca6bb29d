package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lgsp.internal/adapter/adapters/soap"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/reload"
	"lgsp.internal/adapter/mappings"
)

// reloadable returns the services with what their mappings are replaced in.
func reloadable(cfg config.Config, live map[string]*mappings.Live) []reload.Service {
	var services []reload.Service
	for _, s := range cfg.Services {
		folder := s.Mapping
		if abs, err := filepath.Abs(folder); folder != "" && err == nil {
			folder = abs
		}
		services = append(services, reload.Service{Name: s.Name, Folder: folder, Live: live[s.Name]})
	}
	return services
}

// fitting tells which changes of a mapping other parts of the daemon, which were
// made for what it was, cannot follow.
type fitting struct {
	cfg    config.Config
	loaded map[string]*mappings.Mapping // at the start
}

// problems lists what of next only a restart can bring into use.
func (f fitting) problems(service string, now, next *mappings.Mapping) (problems mappings.Problems) {
	for _, fact := range []struct{ key, name, was, is, why string }{
		{"kind", "kind", now.Kind().String(), next.Kind().String(), "the service is served as that"},
		{"source", "source.namespace", now.Namespace(), next.Namespace(), "departments call it by that"},
		{"source", "source.root", now.Root(), next.Root(), "departments call it by that"},
		{"target", "target.form", now.Form(), next.Form(), "the upstream takes that"},
		{"reply", "reply.source and reply.form", answerOf(now), answerOf(next), "answers are filtered as that"},
	} {
		if fact.was != fact.is {
			problems = append(problems, next.Problem(fact.key, fmt.Sprintf("%s was %q, and %s; a restart of lgspd is needed for %q", fact.name, fact.was, fact.why, fact.is)))
		}
	}
	return append(problems, f.route(service, now, next)...)
}

// answerOf names the answers that a mapping reads.
func answerOf(m *mappings.Mapping) string {
	space, root, qcvn109 := m.Answer()
	switch {
	case root == "":
		return ""
	case qcvn109:
		return root + " of " + space + " as qcvn109"
	}
	return root + " of " + space
}

// route lets documents go another way where there is one: upstreams were told at
// the start what their operations are for.
func (f fitting) route(service string, now, next *mappings.Mapping) mappings.Problems {
	if now.Route() == next.Route() {
		return nil
	}
	for _, s := range f.cfg.Services {
		if s.Name != service {
			continue
		}
		for _, u := range f.cfg.Upstreams {
			if _, ok := u.Operations[next.Route()]; u.Name != s.Upstream {
				continue
			} else if !ok {
				return mappings.Problems{next.Problem("target", fmt.Sprintf("target.route was %q, and upstream %s has no operation for %q; add it to operations and restart lgspd", now.Route(), u.Name, next.Route()))}
			}
			if lookUps := lookUpRoutes(f.cfg, u.Name, f.loaded); lookUps[next.Route()] != (next.Kind() == mappings.LookUp) {
				return mappings.Problems{next.Problem("target", fmt.Sprintf("target.route was %q, and what upstream %s does at %q is settled at the start; a restart of lgspd is needed", now.Route(), u.Name, next.Route()))}
			}
		}
	}
	return nil
}

// descriptionOf is what the door tells of a mapping.
func descriptionOf(m *mappings.Mapping) soap.Description {
	d := soap.Description{Title: m.Title(), Action: m.Action(), Schema: m.Schema()}
	if m.Kind() != mappings.Message {
		space, root := m.ReplyRoot()
		d.Answer = &soap.Answer{Namespace: space, Root: root, Schema: m.ReplySchema()}
	}
	return d
}

// follow has the door describe a mapping that comes into use, and puts the
// change on record: a change of configuration that is not on record is none.
func (d *daemon) follow(ctx context.Context, c reload.Change) error {
	if err := d.soap.Describe(c.Service, descriptionOf(c.New.Mapping)); err != nil {
		return err
	}
	err := d.store.audit.Record(ctx, &audit.Entry{Event: audit.MappingChanged, Service: c.Service, Operator: c.By, Detail: c.Old.Hash + " → " + c.New.Hash})
	if err == nil {
		return nil
	}
	return errors.Join(fmt.Errorf("put the change on record: %w", err), d.soap.Describe(c.Service, descriptionOf(c.Old.Mapping)))
}

// startedAs is what the record says of a start: the program, and the mappings
// that are not its own.
func (d *daemon) startedAs() string {
	text := "version " + version()
	for _, s := range d.maps.List() {
		if s.Folder != "" {
			text += ", mapping " + s.Service + " " + s.Hash
		}
	}
	return text
}

// reloadOn loads every mapping anew whenever a hang-up comes, until ctx ends.
func (d *daemon) reloadOn(ctx context.Context, hangUps <-chan os.Signal) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangUps:
		}
		outcomes, err := d.maps.Reload(ctx, "")
		switch {
		case err == nil:
			d.tellReloaded(outcomes)
		case ctx.Err() == nil:
			d.log.Warn("load mappings anew", "err", err)
		}
	}
}

// tellReloaded has the log say what came of a hang-up, which can be told in no
// other way.
func (d *daemon) tellReloaded(outcomes []reload.Outcome) {
	replaced, refused := 0, 0
	for _, o := range outcomes {
		switch {
		case o.Refused():
			refused++
		case o.Hash != o.Was:
			replaced++
		}
	}
	d.log.Info("mappings loaded anew", "replaced", replaced, "refused", refused, "unchanged", len(outcomes)-replaced-refused)
}
