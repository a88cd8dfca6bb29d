package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Mode is a way to misbehave.
type Mode string

// The modes. The first group takes no effect; the last takes its effect and
// then spoils the answer.
const (
	Offline      Mode = "offline"  // the connection is closed without an answer
	Unauthorized Mode = "401"      // as for a worthless token
	Forbidden    Mode = "403"      // as for a client that is not subscribed
	TooMany      Mode = "429"      // with Retry-After
	Broken       Mode = "500"      // the gateway's own error
	BadGateway   Mode = "502"      // an HTML page of a proxy
	Unavailable  Mode = "503"      // with Retry-After when Wait is set
	Garbage      Mode = "garbage"  // 200 with bytes that are neither JSON nor XML
	HTML         Mode = "html"     // 200 with a web page
	Redirect     Mode = "redirect" // 302 to a log-in page, which answers 200
	Fault        Mode = "fault"    // the service's own word that it cannot work now

	Slow Mode = "slow" // waits, then answers as usual; no effect when the caller has gone

	Lost      Mode = "lost"         // the connection is closed without an answer
	Late      Mode = "late"         // waits before the answer
	Half      Mode = "half"         // the answer breaks off in the middle, its Content-Length says it should not
	WrongType Mode = "content-type" // the answer says that it is plain text
)

func modes() []Mode {
	return []Mode{Offline, Unauthorized, Forbidden, TooMany, Broken, BadGateway, Unavailable, Garbage, HTML, Redirect, Fault,
		Slow, Lost, Late, Half, WrongType}
}

// Trouble is an order to misbehave.
type Trouble struct {
	ID     int           // given by Server.Trouble
	Mode   Mode          // what to do
	Path   string        // to requests whose path begins so; "" = to every request
	Times  int           // to so many requests; 0 = until it is cleared
	Chance float64       // to this part of the requests, drawn from Options.Seed; 0 = 1 = to each
	Wait   time.Duration // of Slow and Late; what TooMany (1 s if 0) and Unavailable say in Retry-After
}

// maxTroubles is how many may stand at once.
const maxTroubles = 1000

type troubles struct {
	standing atomic.Int32 // len(list), so that a server without troubles takes no lock

	mu     sync.Mutex
	dice   *rand.Rand
	nextID int
	list   []Trouble
	served map[Mode]uint64
}

func newTroubles(seed uint64) *troubles {
	return &troubles{dice: rand.New(rand.NewPCG(seed, 0x7472_6f75)), served: map[Mode]uint64{}}
}

// Trouble orders the sandbox to misbehave from the next request on and returns
// the order's id. When several orders fit a request, the oldest is obeyed.
func (s *Server) Trouble(t Trouble) (int, error) {
	switch {
	case !slices.Contains(modes(), t.Mode):
		return 0, fmt.Errorf("no such mode: %q", t.Mode)
	case t.Times < 0 || t.Wait < 0 || t.Chance < 0 || t.Chance > 1:
		return 0, errors.New("times and wait must not be negative, chance must be between 0 and 1")
	case (t.Mode == Slow || t.Mode == Late) && t.Wait == 0:
		return 0, fmt.Errorf("mode %s needs a wait", t.Mode)
	case t.Path != "" && !strings.HasPrefix(t.Path, "/"):
		return 0, errors.New("path must begin with /")
	}
	q := s.troubles
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == maxTroubles {
		return 0, fmt.Errorf("there are %d orders already, clear some", maxTroubles)
	}
	q.nextID++
	t.ID = q.nextID
	q.list = append(q.list, t)
	q.standing.Store(int32(len(q.list)))
	return t.ID, nil
}

// Troubles returns the orders that stand, with the Times that are left.
func (s *Server) Troubles() []Trouble {
	s.troubles.mu.Lock()
	defer s.troubles.mu.Unlock()
	return slices.Clone(s.troubles.list)
}

// Clear ends the orders with these ids, or all when none is given, and returns
// how many it ended.
func (s *Server) Clear(ids ...int) int {
	q := s.troubles
	q.mu.Lock()
	defer q.mu.Unlock()
	before := len(q.list)
	q.list = slices.DeleteFunc(q.list, func(t Trouble) bool { return len(ids) == 0 || slices.Contains(ids, t.ID) })
	q.standing.Store(int32(len(q.list)))
	return before - len(q.list)
}

// pick returns the order that a request must suffer, if any.
func (q *troubles) pick(path string) (Trouble, bool) {
	if q.standing.Load() == 0 {
		return Trouble{}, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, t := range q.list {
		if !strings.HasPrefix(path, t.Path) || t.Chance > 0 && t.Chance < 1 && q.dice.Float64() >= t.Chance {
			continue
		}
		if t.Times == 1 {
			q.list = slices.Delete(q.list, i, i+1)
			q.standing.Store(int32(len(q.list)))
		} else if t.Times > 1 {
			q.list[i].Times--
		}
		q.served[t.Mode]++
		return t, true
	}
	return Trouble{}, false
}

// misbehave answers a request the way the order says. Offline is dealt with
// before, without reading the request.
func (s *Server) misbehave(w http.ResponseWriter, r request, t Trouble) {
	switch t.Mode {
	case Slow:
		if !wait(r.Context(), t.Wait) {
			cut() // returning would answer 200
		}
		s.send(w, s.answer(r))
	case Late:
		a := s.answer(r)
		if !wait(r.Context(), t.Wait) {
			cut()
		}
		s.send(w, a)
	case Lost:
		s.answer(r)
		cut()
	case Half:
		s.sendHalf(w, s.answer(r))
	case WrongType:
		a := s.answer(r)
		a.ctype = textType
		s.send(w, a)
	default:
		s.send(w, s.spoiled(r.URL.Path, t))
	}
}

// spoiled is the answer of the modes that take no effect.
func (s *Server) spoiled(path string, t Trouble) answer {
	switch t.Mode {
	case Unauthorized:
		return invalidToken()
	case Forbidden:
		return wso2(http.StatusForbidden, 900908, "Resource forbidden", "User is NOT authorized to access the Resource. API Subscription validation failed.")
	case TooMany:
		return retryAfter(wso2(http.StatusTooManyRequests, 900804, "Message throttled out", "You have exceeded your quota"), max(t.Wait, time.Second))
	case Broken:
		return wso2(http.StatusInternalServerError, 101500, "Runtime Error", "Error in Sender")
	case BadGateway:
		return page(http.StatusBadGateway, "502 Bad Gateway")
	case Unavailable:
		return retryAfter(wso2(http.StatusServiceUnavailable, 101503, "Runtime Error", "Error connecting to the back end"), t.Wait)
	case Garbage:
		return answer{status: http.StatusOK, ctype: "application/octet-stream", body: []byte("\x00\xff\xfe{<garbage\x80>]\x1b\x7f\xc3")}
	case Redirect:
		a := page(http.StatusFound, "Found")
		a.header = append(a.header, [2]string{"Location", loginPath})
		return a
	case Fault:
		return s.faultOf(path)
	}
	return page(http.StatusOK, "Đang bảo trì hệ thống")
}

func (s *Server) faultOf(path string) answer {
	_, isLookup := s.lookups[path]
	switch {
	case path == dancuPath || isLookup:
		return s.faulted("Server", codeSystem, busyText)
	case path == tokenPath:
		return oauthError(http.StatusInternalServerError, "server_error", "Internal server error")
	}
	return dossierSaid("0", codeSystem, busyText)
}

func page(status int, title string) answer {
	body := "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	return answer{status: status, ctype: htmlType, body: []byte(body)}
}

// retryAfter adds the header in whole seconds, rounded up.
func retryAfter(a answer, d time.Duration) answer {
	if d > 0 {
		seconds := int64((d + time.Second - 1) / time.Second)
		a.header = append(a.header, [2]string{"Retry-After", strconv.FormatInt(seconds, 10)})
	}
	return a
}
