// The programs of bulk transfers, with the options and results of workload/bulk/source.py and sink.py, for one connection that
// this end opens. What they measure is what those measure.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
)

type bulkOptions struct {
	connect string
	pattern string
	bytes   int64
	warmup  int64
	chunk   int
	timeout time.Duration
}

// bulk is what both ends have: one connection, its stream, and when its warm-up was over.
type bulk struct {
	bulkOptions
	connection *gonet.TCPConn
	stream     pattern
	moved      atomic.Int64
	isWarm     bool
	warmTime   time.Time
	warmBytes  int64
}

func parseBulk(name string, argv []string) (bulkOptions, error) {
	var given bulkOptions
	options := flag.NewFlagSet(name, flag.ContinueOnError)
	options.StringVar(&given.connect, "connect", "", "HOST:PORT")
	options.StringVar(&given.pattern, "pattern", "", "file whose bytes, repeated, are the stream")
	options.Int64Var(&given.bytes, "bytes", 0, "length of the stream")
	options.Int64Var(&given.warmup, "warmup", 0, "bytes before the measurement begins")
	options.IntVar(&given.chunk, "chunk", 1<<20, "most bytes of one write or read")
	seconds := options.Float64("timeout", 60, "longest silence")
	connections := options.Int("connections", 1, "how many")
	// It is for a kernel that wakes its readers: here they are woken as the stack sees fit.
	options.Int64("measure", 0, "bytes that follow the warm-up")
	if err := options.Parse(argv); err != nil {
		return given, err
	}
	given.timeout = time.Duration(*seconds * float64(time.Second))
	if *connections != 1 {
		return given, errors.New("this program has one connection")
	}
	return given, nil
}

// begin connects, and ends the connection if nothing moves for as long as the timeout.
func (h *host) begin(name string, argv []string) (*bulk, error) {
	options, err := parseBulk(name, argv)
	if err != nil {
		return nil, err
	}
	stream, err := loadPattern(options.pattern)
	if err != nil {
		return nil, err
	}
	if h.stack == nil {
		return nil, errors.New("no device is open")
	}
	peer, err := parseEndpoint(options.connect)
	if err != nil {
		return nil, err
	}
	connection, err := gonet.DialTCP(h.stack, peer, ipv4.ProtocolNumber)
	if err != nil {
		return nil, err
	}
	return &bulk{bulkOptions: options, connection: connection, stream: stream}, nil
}

func parseEndpoint(text string) (tcpip.FullAddress, error) {
	host, port, found := strings.Cut(text, ":")
	address := net.ParseIP(host).To4()
	number, err := strconv.ParseUint(port, 10, 16)
	if !found || address == nil || err != nil {
		return tcpip.FullAddress{}, fmt.Errorf("%q is no HOST:PORT", text)
	}
	return tcpip.FullAddress{Addr: tcpip.Address(address), Port: uint16(number)}, nil
}

// watch closes the connection after a silence, so that whoever waits for it sees an error. It ends when done is closed.
func (b *bulk) watch(done <-chan struct{}) {
	ticks := time.NewTicker(b.timeout)
	defer ticks.Stop()
	for seen := int64(-1); ; {
		select {
		case <-done:
			return
		case <-ticks.C:
			now := b.moved.Load()
			if now == seen {
				b.connection.Close()
				return
			}
			seen = now
		}
	}
}

// warm notes the end of the warm-up, once.
func (b *bulk) warm(now time.Time) {
	if b.isWarm || b.moved.Load() < b.warmup {
		return
	}
	b.isWarm, b.warmTime, b.warmBytes = true, now, b.moved.Load()
}

// measured is what was moved after the warm-up, and the microseconds that it took until `end`.
func (b *bulk) measured(end time.Time) (bytes, micros int64) {
	if !b.isWarm {
		return 0, 0
	}
	return b.moved.Load() - b.warmBytes, end.Sub(b.warmTime).Microseconds()
}

// transfer runs one end's steps with a watch on them, and adds to its result what both ends tell.
func (h *host) transfer(name string, argv []string, tell func(event), steps func(*bulk) event) error {
	began := processorMicros()
	b, err := h.begin(name, argv)
	if err != nil {
		return err
	}
	defer b.connection.Close()
	tell(event{"event": "connected", "connections": 1})
	retransmits := h.stack.Stats().TCP.Retransmits.Value()
	done := make(chan struct{})
	go b.watch(done)
	result := steps(b)
	close(done)
	result["event"] = "result"
	result["tcpInfo"] = event{"total_retrans": h.stack.Stats().TCP.Retransmits.Value() - retransmits}
	result["perConnection"] = []any{}
	result["cpuMicros"] = processorMicros() - began
	tell(result)
	return nil
}

// source sends a stream, and waits until the other end has acknowledged all of it and closed.
func (h *host) source(argv []string, tell func(event)) error {
	return h.transfer("source", argv, tell, func(b *bulk) event {
		var failure any
		if err := b.send(); err != nil {
			failure = err.Error()
		}
		bytes, micros := b.measured(time.Now())
		return event{
			"bytesSent": b.moved.Load(), "closed": failure == nil, "failure": failure,
			"measuredBytes": bytes, "measuredMicros": micros,
		}
	})
}

func (b *bulk) send() error {
	chunk := min(int64(b.chunk), int64(b.stream.period))
	for sent := int64(0); sent < b.bytes; sent = b.moved.Load() {
		b.warm(time.Now())
		length := min(chunk, b.bytes-sent)
		written, err := b.connection.Write(b.stream.at(sent, int(length)))
		b.moved.Add(int64(written))
		if err != nil {
			return err
		}
	}
	if err := b.connection.CloseWrite(); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, b.connection)
	return err
}

// sink receives a stream and compares every byte. What follows a mismatch is only counted.
func (h *host) sink(argv []string, tell func(event)) error {
	return h.transfer("sink", argv, tell, func(b *bulk) event {
		verified, mismatch, last, err := b.receive()
		var reset, first any
		if err != nil {
			reset = err.Error()
		}
		if mismatch >= 0 {
			first = mismatch
		}
		bytes, micros := b.measured(last)
		return event{
			"bytesReceived": b.moved.Load(), "bytesVerified": verified, "firstMismatch": first, "reset": reset,
			"measuredBytes": bytes, "measuredMicros": micros, "shares": nil,
		}
	})
}

// receive returns the length of the prefix that was as expected, the position of the first byte that was not (-1 if all were),
// and when the last bytes came.
func (b *bulk) receive() (verified, mismatch int64, last time.Time, err error) {
	buffer := make([]byte, min(int64(b.chunk), int64(b.stream.period)))
	for mismatch = -1; ; {
		length, err := b.connection.Read(buffer)
		if length > 0 {
			last = time.Now()
			position := b.moved.Load()
			if mismatch < 0 {
				mismatch = b.stream.mismatch(buffer[:length], position)
				verified = position + int64(length)
				if mismatch >= 0 {
					verified = mismatch
				}
			}
			b.moved.Add(int64(length))
			b.warm(last)
		}
		if err == io.EOF {
			return verified, mismatch, last, nil
		}
		if err != nil {
			return verified, mismatch, last, err
		}
	}
}

func min(one, other int64) int64 {
	if one < other {
		return one
	}
	return other
}
