package report_test

import (
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
)

// halves compiles the two halves of 2026.
func (b *bench) halves() (first, second report.Messages) {
	b.t.Helper()
	return b.compile(report.FirstHalf(2026), "").Total.Messages, b.compile(report.SecondHalf(2026), "").Total.Messages
}

func expect(t *testing.T, what string, got, want report.Messages) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func TestTheLastMomentOf14JuneIsOfTheFirstHalf(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-14 23:59:59.999")
	b.add(message(audit.Accepted), message(audit.Delivered, waited(time.Second)))
	b.at("2026-06-15 00:00:00.000")
	b.add(message(audit.Accepted), message(audit.Accepted), message(audit.Delivered, waited(2*time.Second)))
	first, second := b.halves()
	expect(t, "first half", first, report.Messages{Received: 1, Delivered: 1, Waited: 1000, Longest: 1000, Within: report.Spans{1}})
	expect(t, "second half", second, report.Messages{Received: 2, Delivered: 1, Waiting: 1, Waited: 2000, Longest: 2000, Within: report.Spans{1}})
	year := b.compile(report.Year(2026), "").Total.Messages
	expect(t, "year", year, report.Messages{Received: 3, Delivered: 2, Waiting: 1, Waited: 3000, Longest: 2000, Within: report.Spans{2}})
}

func TestAMessageOfOnePeriodThatIsDeliveredInTheNextIsCountedOnceInEach(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-14 20:00:00.000")
	b.add(message(audit.Accepted))
	b.at("2026-06-15 20:00:00.000")
	b.add(message(audit.Delivered, waited(24*time.Hour)))
	first, second := b.halves()
	expect(t, "first half", first, report.Messages{Received: 1, Waiting: 1})
	expect(t, "second half", second, report.Messages{Before: 1, Delivered: 1, Waited: 86_400_000, Longest: 86_400_000, Within: report.Spans{0, 0, 0, 1}})
}

func TestAReplayIsDeliveredOnce(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-10 08:00:00.000")
	b.add(message(audit.Accepted), message(audit.Parked, code("Refused")))
	b.at("2026-06-20 08:00:00.000")
	b.add(message(audit.Replayed, from("parked")), message(audit.Delivered, waited(240*time.Hour)))
	first, second := b.halves()
	expect(t, "first half", first, report.Messages{Received: 1, Returned: 1, Waiting: 1, Parked: 1})
	expect(t, "second half", second, report.Messages{Before: 1, Delivered: 1, Waited: 864_000_000, Longest: 864_000_000, Within: report.Spans{5: 1}})
}

func TestARejectedMessageThatIsCorrectedInTheNextPeriodIsReceivedThere(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-14 08:00:00.000")
	b.add(message(audit.Rejected, code("Invalid")))
	b.at("2026-06-15 08:00:00.000")
	b.add(message(audit.Superseded, from("rejected")), message(audit.Accepted), message(audit.Delivered))
	first, second := b.halves()
	expect(t, "first half", first, report.Messages{Rejected: 1})
	expect(t, "second half", second, report.Messages{Received: 1, Corrected: 1, Delivered: 1, Within: report.Spans{1}})
}

func TestARejectedMessageThatIsReplayedWaitsFromThenOn(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-14 08:00:00.000")
	b.add(message(audit.Rejected, code("Invalid")), message(audit.Rejected, code("Invalid")))
	b.at("2026-06-15 08:00:00.000")
	b.add(message(audit.Replayed, from("rejected")), message(audit.Dropped, from("rejected")))
	b.at("2026-12-15 08:00:00.000")
	b.add(message(audit.Delivered))
	first, second := b.halves()
	expect(t, "first half", first, report.Messages{Rejected: 2})
	expect(t, "second half", second, report.Messages{Readmitted: 1, Abandoned: 1, Waiting: 1})
	expect(t, "the year after", b.compile(report.FirstHalf(2027), "").Total.Messages, report.Messages{Before: 1, Delivered: 1, Within: report.Spans{1}})
}

// What lgspd could not send itself, nobody has returned.
func TestAReplayThatCannotBeMappedIsParkedAndNotReturned(t *testing.T) {
	b := newBench(t)
	b.add(message(audit.Rejected), message(audit.Replayed, from("rejected")), message(audit.Parked, code("Invalid"), func(e *audit.Entry) { e.Result = audit.Refused }),
		message(audit.Accepted), message(audit.Parked, code("Invalid")))
	expect(t, "both wait for a person", b.compile(first, "").Total.Messages, report.Messages{Received: 1, Readmitted: 1, Rejected: 1, Returned: 1, Waiting: 2, Parked: 2})
}

func TestWhatIsDroppedWaitsNoMore(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-14 08:00:00.000")
	b.add(message(audit.Accepted), message(audit.Accepted), message(audit.Parked, code("Held"), from("queued")))
	b.at("2026-06-15 08:00:00.000")
	b.add(message(audit.Dropped, from("parked")), message(audit.Dropped, from("queued")))
	first, second := b.halves()
	expect(t, "first half", first, report.Messages{Received: 2, Waiting: 2, Parked: 1}) // held by order, so not returned
	expect(t, "second half", second, report.Messages{Before: 2, Dropped: 2})
}

// Entries of versions that did not say which state a message left.
func TestOrdersOfAnEarlierVersionAreToldFromTheAttempts(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-14 08:00:00.000")
	attempted := func(e *audit.Entry) { e.Attempt = 2 }
	b.add(message(audit.Accepted), message(audit.Accepted), message(audit.Parked, attempted), message(audit.Parked, attempted), message(audit.Rejected))
	b.add(message(audit.Replayed, attempted), message(audit.Replayed), message(audit.Dropped, attempted))
	first, _ := b.halves()
	expect(t, "first half", first, report.Messages{Received: 2, Returned: 2, Rejected: 1, Readmitted: 1, Dropped: 1, Waiting: 2})
}

func TestAYearIsItsTwoHalves(t *testing.T) {
	b := newBench(t)
	for _, moment := range []string{"2025-12-14 23:59:59.999", "2025-12-15 00:00:00.000", "2026-06-14 23:59:59.999", "2026-06-15 00:00:00.000", "2026-12-14 23:59:59.999", "2026-12-15 00:00:00.000"} {
		b.at(moment)
		b.add(message(audit.Accepted))
	}
	first, second := b.halves()
	year := b.compile(report.Year(2026), "").Total.Messages
	expect(t, "first half", first, report.Messages{Before: 1, Received: 2, Waiting: 3})
	expect(t, "second half", second, report.Messages{Before: 3, Received: 2, Waiting: 5})
	expect(t, "year", year, report.Messages{Before: 1, Received: 4, Waiting: 5})
}
