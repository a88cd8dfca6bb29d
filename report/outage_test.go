package report_test

import (
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

func down(upstream string) audit.Entry {
	return audit.Entry{Event: audit.UpstreamDown, Upstream: upstream, Detail: "messages"}
}

func up(upstream string) audit.Entry {
	return audit.Entry{Event: audit.UpstreamUp, Upstream: upstream, Detail: "messages"}
}

func minutes(n int64) int64 { return n * 60_000 }

func (b *bench) outages(p report.Period) map[string]report.OutageLine {
	b.t.Helper()
	lines := map[string]report.OutageLine{}
	for _, l := range b.compile(p, "").Outages {
		lines[l.Upstream+"/"+l.Line] = l
	}
	return lines
}

func TestAnOutageCountsWithThePartOfItThatLiesInThePeriod(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-14 23:00:00.000")
	b.add(down("hotich"))
	b.at("2026-06-15 02:00:00.000")
	b.add(up("hotich"))
	b.at("2026-07-01 08:00:00.000")
	b.add(down("hotich"), down("hotich"), down("dancu"))
	b.at("2026-07-01 08:30:00.000")
	b.add(up("hotich"), up("hotich"))
	first, second := b.outages(report.FirstHalf(2026)), b.outages(report.SecondHalf(2026))
	began := time.Date(2026, 6, 14, 23, 0, 0, 0, vntime.Zone).UTC()
	sameJSON(t, "first half", first, map[string]report.OutageLine{"hotich/messages": {Node: "tinh", Upstream: "hotich", Line: "messages", Times: 1, Down: minutes(60), Longest: minutes(60), Began: began}})
	sameJSON(t, "second half", second, map[string]report.OutageLine{
		"hotich/messages": {Node: "tinh", Upstream: "hotich", Line: "messages", Times: 2, Down: minutes(150), Longest: minutes(120), Began: began.Add(time.Hour)},
		"dancu/messages":  {Node: "tinh", Upstream: "dancu", Line: "messages", Times: 1, Down: minutes(30), Longest: minutes(30), Began: time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC)},
	})
	total := b.compile(report.SecondHalf(2026), "").Total
	if total.Outages != 3 || total.Down != minutes(180) {
		t.Errorf("total is %d times, %d ms", total.Outages, total.Down)
	}
}

func TestAnOutageThatEndsWithThePeriodIsNoneOfTheNext(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-14 23:00:00.000")
	b.add(down("hotich"))
	b.at("2026-06-15 00:00:00.000")
	b.add(up("hotich"), down("dancu"), up("dancu"))
	b.now = b.now.Add(time.Hour)
	if first, second := b.outages(report.FirstHalf(2026)), b.outages(report.SecondHalf(2026)); first["hotich/messages"].Times != 1 || len(second) != 1 || second["dancu/messages"].Times != 1 {
		t.Errorf("%+v, then %+v", first, second)
	}
}

func TestADaemonThatDoesNotRunIsAnOutageOfItsOwn(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-20 08:00:00.000")
	b.add(audit.Entry{Event: audit.Started}, down("hotich"))
	b.at("2026-06-20 09:00:00.000")
	b.add(audit.Entry{Event: audit.Stopped})
	b.at("2026-06-20 09:10:00.000")
	b.add(message(audit.Dropped, from("parked"))) // by a command
	b.at("2026-06-20 09:20:00.000")
	b.add(audit.Entry{Event: audit.Started})
	b.at("2026-06-20 10:00:00.000")
	b.add(down("hotich"), message(audit.Accepted))
	b.at("2026-06-20 13:00:00.000") // killed at 10, started at 13
	b.add(audit.Entry{Event: audit.Started})
	got := b.outages(report.SecondHalf(2026))
	if l := got["/"]; l.Times != 2 || l.Down != minutes(200) || l.Longest != minutes(180) {
		t.Errorf("the daemon: %+v", l)
	}
	if l := got["hotich/messages"]; l.Times != 2 || l.Down != minutes(60) {
		t.Errorf("the upstream: %+v", l)
	}
	if total := b.compile(report.SecondHalf(2026), "").Total; total.Outages != 2 || total.Down != minutes(60) {
		t.Errorf("total is %d times, %d ms; want those of the upstream", total.Outages, total.Down)
	}
}

func TestTheFirstStartOfAllEndsNoOutage(t *testing.T) {
	b := newBench(t)
	b.at("2026-06-20 08:00:00.000")
	b.add(audit.Entry{Event: audit.Started})
	if got := b.outages(report.SecondHalf(2026)); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestWhatBreaksDownWithinOneCommitIsFollowedInOrder(t *testing.T) {
	b := newBench(t)
	other := newBench(t)
	other.open(b.db.Path(), false)
	for _, moment := range []string{"2026-06-20 08:00:00.000", "2026-06-20 08:10:00.000"} {
		other.at(moment)
		other.add(down("hotich"))
		other.now = other.now.Add(time.Minute)
		other.add(message(audit.Accepted))
		other.now = other.now.Add(time.Minute)
		other.add(audit.Entry{Event: audit.Started})
	}
	b.at("2026-06-21 08:00:00.000") // all of it is counted in one commit
	got := b.outages(report.SecondHalf(2026))
	if l := got["hotich/messages"]; l.Times != 2 || l.Down != minutes(2) {
		t.Errorf("the upstream: %+v", l)
	}
	if l := got["/"]; l.Times != 2 || l.Down != minutes(2) {
		t.Errorf("the daemon: %+v", l)
	}
}
