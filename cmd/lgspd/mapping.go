package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/reload"
	"lgsp.internal/adapter/mappings"
)

// loadMappings loads the mapping of every service, for what only reads them.
func loadMappings(cfg config.Config) (map[string]*mappings.Mapping, error) {
	versions, err := loadVersions(cfg, nil, nil)
	if err != nil {
		return nil, err
	}
	return mappingsOf(versions), nil
}

// proof is what a mapping in a folder has to pass, besides being loaded; nil is
// nothing.
type proof func(*mappings.Folder, *mappings.Version) error

// byCases has the cases of a mapping hold, as a reload does: what a reload would
// refuse must not come into use by a restart. Those of a plugin, which is not
// running yet, are not run: its program is pinned, and its messages can wait.
func byCases(ctx context.Context) proof {
	return func(f *mappings.Folder, v *mappings.Version) error {
		if v.Mapping.Plugin() != "" {
			return nil
		}
		_, err := f.Prove(ctx, v, reload.DefaultCaseTime, nil)
		return err
	}
}

// loadVersions loads the mapping of every service: its own folder, or the shipped one.
func loadVersions(cfg config.Config, compose mappings.Compose, proved proof) (map[string]*mappings.Version, error) {
	loaded := map[string]*mappings.Version{}
	var errs []error
	for _, s := range cfg.Services {
		v, err := loadVersion(s, compose, proved)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		loaded[s.Name] = v
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	m := mappingsOf(loaded)
	return loaded, errors.Join(checkRoutes(cfg, m), checkKinds(cfg, m), checkPlugins(cfg, m))
}

// checkPlugins looks whether every plugin that a mapping names is there.
func checkPlugins(cfg config.Config, loaded map[string]*mappings.Mapping) error {
	var errs []error
	for _, s := range cfg.Services {
		name := loaded[s.Name].Plugin()
		if name != "" && !slices.ContainsFunc(cfg.Plugins, func(p config.Plugin) bool { return p.Name == name }) {
			errs = append(errs, usageError("service %s: its mapping names the plugin %s, which is not in the configuration; add it to plugins", s.Name, name))
		}
	}
	return errors.Join(errs...)
}

// loadVersion loads the mapping of one service.
func loadVersion(s config.Service, compose mappings.Compose, proved proof) (*mappings.Version, error) {
	if s.Mapping == "" {
		return loadShipped(s, compose)
	}
	place, err := placeOf(s.Mapping)
	if err != nil {
		return nil, err
	}
	folder, v, err := place.load(compose)
	if err != nil {
		return nil, err
	}
	if v.Mapping.Service() != s.Name {
		return nil, usageError("service %s: the mapping in %s is that of %s", s.Name, s.Mapping, v.Mapping.Service())
	}
	if proved != nil {
		if err := proved(folder, v); err != nil {
			return nil, openable(err, place.parent)
		}
	}
	return v, nil
}

// loadShipped loads a mapping that comes with the program, whose tests ran its cases.
func loadShipped(s config.Service, compose mappings.Compose) (*mappings.Version, error) {
	names, err := shippedNames()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, s.Name) {
		return nil, usageError("service %s: no mapping of that name is shipped; set mapping: to a folder, or choose one of %v", s.Name, names)
	}
	place, err := shippedPlace(s.Name)
	if err != nil {
		return nil, err
	}
	_, v, err := place.load(compose)
	if err != nil {
		return nil, fmt.Errorf("shipped mappings: %w", err)
	}
	return v, nil
}

func shippedNames() ([]string, error) {
	entries, err := fs.ReadDir(mappings.Shipped(), ".")
	if err != nil {
		return nil, fmt.Errorf("shipped mappings: %w", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

// openable has problems name their files so that an editor finds them: below
// parent, the folder that the mapping's own folder is in.
func openable(err error, parent string) error {
	var found mappings.Problems
	if !errors.As(err, &found) {
		return fmt.Errorf("mappings in %s: %w", parent, err)
	}
	placed := slices.Clone(found)
	for i := range placed {
		placed[i].File = filepath.Join(parent, placed[i].File)
	}
	return placed
}

func mappingsOf(versions map[string]*mappings.Version) map[string]*mappings.Mapping {
	loaded := map[string]*mappings.Mapping{}
	for name, v := range versions {
		loaded[name] = v.Mapping
	}
	return loaded
}

func liveOf(versions map[string]*mappings.Version) map[string]*mappings.Live {
	live := map[string]*mappings.Live{}
	for name, v := range versions {
		live[name] = mappings.NewLive(v)
	}
	return live
}
