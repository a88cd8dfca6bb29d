package sqlite

import (
	"fmt"
	"slices"
)

// serve commits the group together if it can, and otherwise finds out who may
// commit.
func (w *writer) serve(group []*work) {
	err, culprit := w.commit(group)
	if culprit < 0 || len(group) == 1 {
		w.conclude(group, err)
		return
	}
	rest := slices.Concat(group[:culprit], group[culprit+1:])
	if err, another := w.commit(rest); another < 0 || len(rest) == 1 {
		w.conclude(rest, err)
	} else {
		for i := range rest {
			w.serve(rest[i : i+1])
		}
	}
	w.serve(group[culprit : culprit+1])
}

// conclude answers a group whose writes share an outcome.
func (w *writer) conclude(group []*work, err error) {
	if FaultOf(err) == Full {
		w.serveFull(group, err)
		return
	}
	answer(group, err)
	w.reopen(err)
}

// serveFull refuses the newcomers and commits the rest with the room that the
// log and the reserve give.
func (w *writer) serveFull(group []*work, err error) {
	urgent := make([]*work, 0, len(group))
	for _, op := range group {
		if op.urgent {
			urgent = append(urgent, op)
		} else {
			op.done <- fmt.Errorf("%w: %w", ErrFull, err)
		}
	}
	w.space.full()
	for len(urgent) > 0 {
		w.emptyLog(true)
		var culprit int
		err, culprit = w.commit(urgent)
		switch {
		case culprit >= 0:
			urgent[culprit].done <- err
			w.reopen(err)
			urgent = slices.Delete(urgent, culprit, culprit+1)
			continue
		case FaultOf(err) == Full && w.space.release():
			continue
		}
		break
	}
	answer(urgent, err)
	w.reopen(err)
}

func answer(group []*work, err error) {
	for _, op := range group {
		op.done <- err
	}
}

// hookMost is how often a transaction is made with a hook that fails.
const hookMost = 3

// commit runs the group in one transaction, again where a hook failed. culprit
// is the number of the write whose own the error is, so that the others may
// succeed without it, or -1.
func (w *writer) commit(group []*work) (err error, culprit int) {
	for i := range w.hooks {
		w.hooks[i].failed = 0
	}
	again := true
	for again {
		err, culprit, again = w.commitOnce(group)
	}
	return err, culprit
}

func (w *writer) commitOnce(group []*work) (err error, culprit int, again bool) {
	if err := w.ensureOpen(); err != nil {
		return err, -1, false
	}
	if _, err := w.exec("begin immediate"); err != nil {
		return fmt.Errorf("begin: %w", err), -1, false
	}
	tx := &Tx{w: w}
	for i, op := range group {
		if err := op.fn(tx); err != nil {
			w.rollback(tx)
			if FaultOf(err).OfTheDisk() {
				return err, -1, false
			}
			return err, i, false
		}
	}
	if err := w.runHooks(tx); err != nil {
		w.rollback(tx)
		if FaultOf(err).OfTheDisk() {
			return fmt.Errorf("hook of the commit: %w", err), -1, false
		}
		w.opt.Log.Error("hook of the commit", "path", w.opt.Path, "err", err)
		w.reopen(err)
		return nil, -1, true
	}
	if _, err := w.exec("commit"); err != nil {
		w.rollback(tx)
		return fmt.Errorf("commit: %w", err), -1, false
	}
	for _, fn := range tx.committed {
		fn()
	}
	w.wrote(tx.bytes)
	return nil, -1, false
}

// runHooks runs the hooks in order, but for those that have failed too often.
func (w *writer) runHooks(tx *Tx) error {
	for i := range w.hooks {
		h := &w.hooks[i]
		if h.failed == hookMost {
			continue
		}
		tx.again = h.failed
		if err := h.fn(tx); err != nil {
			h.failed++
			return err
		}
	}
	return nil
}

func (w *writer) rollback(tx *Tx) {
	if !w.conn.AutoCommit() {
		if _, err := w.exec("rollback"); err != nil {
			w.opt.Log.Error("roll back", "path", w.opt.Path, "err", err)
			if err := w.close(); err != nil { // a transaction that stays open would keep every other from beginning
				w.opt.Log.Error("close after a failure", "path", w.opt.Path, "err", err)
			}
		}
	}
	for i := len(tx.undone) - 1; i >= 0; i-- {
		tx.undone[i]()
	}
}
