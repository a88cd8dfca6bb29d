package seal_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"sync"
	"testing"

	"lgsp.internal/adapter/internal/seal"
)

func newKey(t testing.TB, use string) seal.Key {
	t.Helper()
	k, err := seal.NewKey(bytes.Repeat([]byte{7}, seal.MasterSize), use)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealed(t testing.TB, k seal.Key, plain, bound string) []byte {
	t.Helper()
	begun, err := k.Begin(nil, rand.Reader, len(plain))
	if err != nil {
		t.Fatal(err)
	}
	return k.Finish(append(begun, plain...), []byte(bound))
}

func TestWhatWasSealedIsOpened(t *testing.T) {
	k := newKey(t, "thu")
	var wg sync.WaitGroup
	for _, plain := range []string{"", "x", string(bytes.Repeat([]byte("Nguyễn Văn Thử "), 5000))} {
		wg.Go(func() {
			s := sealed(t, k, plain, "12/2026")
			if len(plain) > 1 && bytes.Contains(s, []byte(plain[:8])) {
				t.Error("it stands there in clear")
			}
			before := bytes.Clone(s)
			for range 2 {
				got, err := k.Open(s, []byte("12/2026"))
				if err != nil || string(got) != plain {
					t.Errorf("opened %d bytes, %v; want %d", len(got), err, len(plain))
				}
			}
			if !bytes.Equal(before, s) {
				t.Error("opening changed what is stored")
			}
		})
	}
	wg.Wait()
}

// What rests in databases was sealed so.
func TestTheStoredFormStaysReadable(t *testing.T) {
	k := newKey(t, "lgspd payload")
	stored, err := hex.DecodeString("01000102030405060708090a0b1d5431cdef5c1f6bd3e6cb09671602dfc127c89b83")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Open(stored, []byte("12/2026")); err != nil || string(got) != "hello" {
		t.Errorf("opened %q, %v", got, err)
	}
	begun, err := k.Begin(nil, bytes.NewReader([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}), 5)
	if err != nil {
		t.Fatal(err)
	}
	if again := k.Finish(append(begun, "hello"...), []byte("12/2026")); !bytes.Equal(again, stored) {
		t.Errorf("sealed as %x", again)
	}
}

func TestNothingElseIsOpened(t *testing.T) {
	k := newKey(t, "thu")
	s := sealed(t, k, "Nguyễn Văn Thử", "12/2026")
	for i := range s {
		changed := bytes.Clone(s)
		changed[i] ^= 1
		if got, err := k.Open(changed, []byte("12/2026")); !errors.Is(err, seal.ErrDamaged) {
			t.Errorf("with byte %d changed: %q, %v", i, got, err)
		}
		if got, err := k.Open(s[:i], []byte("12/2026")); !errors.Is(err, seal.ErrDamaged) {
			t.Errorf("cut off at %d: %q, %v", i, got, err)
		}
	}
	if _, err := k.Open(s, []byte("13/2026")); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("bound to something else: %v", err)
	}
	if _, err := newKey(t, "thu khác").Open(s, []byte("12/2026")); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("with the key of another use: %v", err)
	}
}

func TestSealingUsesTheRoomItIsGiven(t *testing.T) {
	k := newKey(t, "thu")
	room := make([]byte, 0, 256)
	begun, err := k.Begin(room, rand.Reader, 100)
	if err != nil {
		t.Fatal(err)
	}
	if s := k.Finish(append(begun, make([]byte, 100)...), nil); &s[0] != &room[:1][0] {
		t.Error("it went elsewhere")
	}
	begun, err = k.Begin(nil, rand.Reader, 100)
	if err != nil {
		t.Fatal(err)
	}
	if s := k.Finish(append(begun, make([]byte, 100)...), nil); &s[0] != &begun[0] {
		t.Error("what was grown for the text has no room for its tag")
	}
}

func TestANonceIsWholeOrNothingIsSealed(t *testing.T) {
	if _, err := newKey(t, "thu").Begin(nil, bytes.NewReader(make([]byte, 11)), 1); err == nil {
		t.Error("it began with eleven bytes of nonce")
	}
}

func TestAMasterKeyHas32Bytes(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := seal.NewKey(make([]byte, n), "thu"); err == nil {
			t.Errorf("a key of %d bytes was taken", n)
		}
	}
}
