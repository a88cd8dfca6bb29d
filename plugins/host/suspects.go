package host

import lgsp "lgsp.internal/adapter"

const (
	// mostStrikes is how often a plugin may end while it has nothing but one
	// message, before that message is held for a person.
	mostStrikes = 3
	// mostSuspects bounds the messages that are remembered; the oldest is
	// forgotten first, and then tried more often than it has to be.
	mostSuspects = 1024
)

// suspects are the messages that a plugin had when it ended. They are mapped
// alone until that went well, so that it is known which of them it was.
type suspects struct {
	strikes map[lgsp.ID]int
	order   []lgsp.ID // oldest first
}

// has reports whether a message is to be mapped alone.
func (s *suspects) has(id lgsp.ID) bool {
	_, ok := s.strikes[id]
	return ok
}

// add remembers a message, and returns how often it was alone when the plugin ended.
func (s *suspects) add(id lgsp.ID, alone bool) int {
	if s.strikes == nil {
		s.strikes = map[lgsp.ID]int{}
	}
	if !s.has(id) {
		if len(s.order) == mostSuspects {
			delete(s.strikes, s.order[0])
			s.order = s.order[1:]
		}
		s.order = append(s.order, id)
		s.strikes[id] = 0
	}
	if alone {
		s.strikes[id]++
	}
	return s.strikes[id]
}

// clear forgets a message: it was mapped, or is held for a person, whose replay
// tries it anew.
func (s *suspects) clear(id lgsp.ID) {
	if !s.has(id) {
		return
	}
	delete(s.strikes, id)
	for i, one := range s.order {
		if one == id {
			s.order = append(s.order[:i], s.order[i+1:]...)
			return
		}
	}
}
