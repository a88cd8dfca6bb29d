package mappings

import (
	"context"
	"slices"
	"testing"

	lgsp "lgsp.internal/adapter"
)

func TestASampleCanBeSentUnderAnotherID(t *testing.T) {
	for _, service := range shippedServices(t) {
		m, problems, err := loadService(Shipped(), service)
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		if m.Kind() != Message {
			continue
		}
		sample, err := NewSample(Shipped(), service)
		if err != nil {
			t.Fatal(err)
		}
		read := func(legacyID, lane string) lgsp.Document {
			d, err := m.Map(context.Background(), lgsp.Envelope{Charset: sample.Charset, Body: sample.With(legacyID, lane)})
			if err != nil {
				t.Errorf("%s as %s: %v", service, legacyID, err)
			}
			return d
		}
		for _, id := range []string{"H29.11-261122-0001", "H29.11-261122-00000001"} {
			if d := read(id, ""); d.LegacyID != id {
				t.Errorf("%s: the own id is %q, want %q", service, d.LegacyID, id)
			}
		}
		const lane = "079048000099"
		d := read("H29.11-261122-0001", lane)
		if want := []string{lane, "H29.11-261122-0001"}; !slices.Contains(want, d.Lane) {
			t.Errorf("%s: the lane is %q, want one of %q", service, d.Lane, want)
		}
	}
}
