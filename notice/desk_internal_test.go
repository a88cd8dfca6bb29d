package notice

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"testing"
)

// What is stored was hashed and sealed so; were it otherwise now, every repeat
// would be a conflict, or a notice of its own, and nothing could be read.
func TestWhatIsStoredStaysKnownAndReadable(t *testing.T) {
	keys, err := NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	c := Content{Subject: "079000000042", OldID: "020000042", Name: "Nguyễn Văn Thử", Wrong: []Field{{Path: "HoVaTen", Shared: "<a>", Right: "b", Evidence: "c"}}, Text: "d", Contact: "e"}
	digest, err := keys.digestOf(c)
	if err != nil {
		t.Fatal(err)
	}
	d := NewDesk(Options{Keys: keys, Rand: bytes.NewReader(make([]byte, 12))})
	sealed, err := d.seal(Number{2026, 12}, 1, Sent, []byte(`{"by":"van-hanh-1","document":"12/CV","date":"2026-03-05","text":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	for what, v := range map[string]struct {
		got  []byte
		want string
	}{
		"the digest":            {digest, "1105371099a01a330ac4beb9cd9a35c0"},
		"the own id":            {keys.ownOf("H29.11", "TB-1"), "fbb55a02316bc604b7231680a3728fa1"},
		"the own id of another": {keys.ownOf("H29.111", "TB-1"), "6732a2e5b16e6f1c4663e273b32a47e0"},
		"a step":                {sealed, "010000000000000000000000001573a2e6db1cceb5800832b9ccbd34283707f9990b050a65b5b71ac6137688046aae572df606ab9d6cb46505e749b54878ad667a22024fe72b940fd2b34855c4e4ed503e749d063861433fc0b365e9f0afb1c83166"},
	} {
		if hex.EncodeToString(v.got) != v.want {
			t.Errorf("%s is %x, want %s", what, v.got, v.want)
		}
	}
	var said Deed
	if err := d.unseal(Number{2026, 12}, 1, Sent, sealed, &said); err != nil || !reflect.DeepEqual(said, Deed{By: "van-hanh-1", Document: "12/CV", Date: "2026-03-05", Text: "x"}) {
		t.Errorf("read as %+v, %v", said, err)
	}
	if keys.ownOf("H29.11", "") != nil {
		t.Error("no own id has a hash")
	}
}
