package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"lgsp.internal/adapter/mappings"
)

// measure is what one round saw.
type measure struct {
	rate     float64 // end to end, messages a second
	result   result
	rss      int64
	messages int64
	cpu      time.Duration // that the process spent on processors, for each message
	stolen   float64       // share of the processors' time that others took
}

func (m measure) stolenShare() float64 { return m.stolen }

const servicePath = "/soap/hotich.khai-sinh"

// benchLine measures the line and the relay in turn, until enough rounds were
// undisturbed, and tells the median of those.
func benchLine(ctx context.Context, o options) error {
	sample, err := mappings.NewSample(mappings.Shipped(), "hotich.khai-sinh")
	if err != nil {
		return err
	}
	body := sample.With(ownID, "")
	fmt.Printf("message: %d bytes, %d connections, %s a round, %d rounds\n", len(body), o.conns, o.load, o.rounds)
	direct, err := measureDirect(ctx, o, body)
	if err != nil {
		return err
	}
	fmt.Printf("  direct: %6.0f msg/s from the loader straight to the sink\n", direct.rate)
	var line, relay []measure
	for i := 0; i < triesMost*o.rounds && (calm(line) < o.rounds || calm(relay) < o.rounds); i++ {
		m, err := measureLine(ctx, o, body)
		if err != nil {
			return err
		}
		fmt.Printf("  daemon: %6.0f msg/s end to end, accept p50 %s p99 %s, peak RSS %.1f MB, %d messages, %d us of processor each; stolen %s\n",
			m.rate, ms(m.result.quantile(0.50)), ms(m.result.quantile(0.99)), float64(m.rss)/(1<<20), m.messages, m.cpu.Microseconds(), percent(m.stolen))
		line = append(line, m)
		r, err := measureRelay(ctx, o, body)
		if err != nil {
			return err
		}
		fmt.Printf("  relay:  %6.0f msg/s, p50 %s p99 %s, %d messages, %d us of processor each; stolen %s\n",
			r.rate, ms(r.result.quantile(0.50)), ms(r.result.quantile(0.99)), r.messages, r.cpu.Microseconds(), percent(r.stolen))
		relay = append(relay, r)
	}
	fmt.Printf("undisturbed, with at most %s of the processors' time stolen: %d of %d rounds of the daemon, %d of the relay\n",
		percent(mostStolen), calm(line), len(line), calm(relay))
	l, r := median(counted(line, measure.stolenShare)), median(counted(relay, measure.stolenShare))
	fmt.Printf("end to end %.0f msg/s, accept p50 %s, p99 %s, peak RSS %.1f MB\n",
		l.rate, ms(l.result.quantile(0.50)), ms(l.result.quantile(0.99)), float64(l.rss)/(1<<20))
	fmt.Printf("bench: %.0f msg/s, relay %.0f msg/s, ratio %.2f\n", l.rate, r.rate, l.rate/r.rate)
	return nil
}

// triesMost is how many rounds are measured for each one that is wanted, until
// enough of them were undisturbed.
const triesMost = 4

// calm counts what was measured undisturbed.
func calm(all []measure) int { return len(undisturbed(all, measure.stolenShare)) }

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }

// median returns the round with the median rate.
func median(all []measure) measure {
	slices.SortFunc(all, func(a, b measure) int { return int(a.rate - b.rate) })
	return all[len(all)/2]
}

// measureLine starts a fresh daemon, loads it, and waits until the sink has
// every message that was acknowledged.
func measureLine(ctx context.Context, o options, body []byte) (m measure, err error) {
	folder, err := os.MkdirTemp("", "lgspd-bench-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	sink, err := startSink()
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, sink.stop()) }()
	addr, err := freeAddress()
	if err != nil {
		return m, err
	}
	config, err := writeConfig(folder, addr, sink.addr)
	if err != nil {
		return m, err
	}
	var extra []string
	if o.profile != "" {
		extra = append(extra, "--cpuprofile", o.profile)
	}
	daemon, err := startDaemon(ctx, o.binary, config, addr, extra...)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, daemon.stop()) }()
	l := newLoader(addr, servicePath, basic(), body)
	return l.measure(ctx, o.conns, o.load, sink, daemon)
}

// measure loads a process, waits for the last message at the sink and checks
// that none is missing or came twice.
func (l *loader) measure(ctx context.Context, conns int, d time.Duration, sink *sink, p *process) (m measure, err error) {
	before := readTicks()
	spent, err := p.processor()
	if err != nil {
		return m, err
	}
	if m.result, err = l.run(ctx, conns, d); err != nil {
		return m, err
	}
	late, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	end, err := sink.await(late, m.result.accepted)
	if err != nil {
		return m, fmt.Errorf("%d of %d messages arrived: %w", sink.received.Load(), m.result.accepted, err)
	}
	if n := sink.received.Load(); n != m.result.accepted || sink.twice.Load() > 0 {
		return m, fmt.Errorf("%d messages were acknowledged, %d arrived, %d came twice", m.result.accepted, n, sink.twice.Load())
	}
	m.messages, m.rate = m.result.accepted, float64(m.result.accepted)/end.Sub(m.result.began).Seconds()
	m.stolen = stolenSince(before)
	if m.rss, err = p.peakRSS(); err != nil {
		return m, err
	}
	m.cpu, err = p.processor()
	m.cpu = (m.cpu - spent) / time.Duration(max(m.messages, 1))
	return m, err
}

// measureDirect has the loader send straight to the sink: what the machine, the
// loader and the sink leave to anything between them.
func measureDirect(ctx context.Context, o options, body []byte) (m measure, err error) {
	sink, err := startSink()
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, sink.stop()) }()
	l := newLoader(sink.addr, servicePath, basic(), body)
	if m.result, err = l.run(ctx, o.conns, o.load/4); err != nil {
		return m, err
	}
	m.messages, m.rate = m.result.accepted, float64(m.result.accepted)/time.Since(m.result.began).Seconds()
	return m, nil
}

func measureRelay(ctx context.Context, o options, body []byte) (m measure, err error) {
	sink, err := startSink()
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, sink.stop()) }()
	relay, err := startRelay(sink.addr)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, relay.stop()) }()
	l := newLoader(relay.addr, servicePath, basic(), body)
	return l.measure(ctx, o.conns, o.load/2, sink, relay)
}

func basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
}
