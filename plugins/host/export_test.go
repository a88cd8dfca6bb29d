package host

// Busy reports whether the plugin has something to do.
func (h *Host) Busy() bool {
	h.mu.Lock()
	p := h.now
	h.mu.Unlock()
	return p != nil && p.line.busy()
}
