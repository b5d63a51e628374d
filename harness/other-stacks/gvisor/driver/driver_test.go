package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/bufferv2"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

func patternOf(t *testing.T, content string) pattern {
	path := filepath.Join(t.TempDir(), "pattern")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := loadPattern(path)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func TestAPieceThatWrapsIsContiguous(t *testing.T) {
	p := patternOf(t, "abcde")
	if piece := string(p.at(8, 4)); piece != "deab" {
		t.Errorf("the piece is %q", piece)
	}
}

func TestTheFirstByteThatDiffersIsTold(t *testing.T) {
	p := patternOf(t, "abcde")
	for piece, expected := range map[string]int64{"deab": -1, "deXb": 10, "Xeab": 8} {
		if found := p.mismatch([]byte(piece), 8); found != expected {
			t.Errorf("%q differs at %d, not at %d", piece, found, expected)
		}
	}
}

func TestOptionsAreThoseOfThePythonPrograms(t *testing.T) {
	given, err := parseBulk("source", strings.Fields(
		"--connect 10.0.0.2:5001 --connections 1 --timeout 2.5 --pattern /p --warmup 7 --bytes 9 --measure 3"))
	if err != nil {
		t.Fatal(err)
	}
	if given.connect != "10.0.0.2:5001" || given.timeout != 2500*time.Millisecond || given.warmup != 7 || given.bytes != 9 {
		t.Errorf("understood as %+v", given)
	}
	if _, err := parseBulk("source", []string{"--connections", "2"}); err == nil {
		t.Error("two connections are accepted")
	}
}

func TestAnEndpointWithoutAddressOrPortIsRefused(t *testing.T) {
	for _, text := range []string{"", "10.0.0.2", "host:1", "10.0.0.2:65536", "10.0.0.2:"} {
		if _, err := parseEndpoint(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	if peer, err := parseEndpoint("10.0.0.2:5001"); err != nil || peer.Port != 5001 || peer.Addr != "\x0a\x00\x00\x02" {
		t.Errorf("understood as %v, %v", peer, err)
	}
}

func TestAPacketOfSeveralSegmentsSaysHowLongTheyAre(t *testing.T) {
	options := stack.GSO{Type: stack.GSOTCPv4, NeedsCsum: true, CsumOffset: 16, MSS: 1448, L3HdrLen: 20}
	several := virtioHeader(options, 66, 4000)
	if expected := [virtioHeaderSize]byte{1, 1, 66, 0, 0xa8, 5, 34, 0, 16, 0}; several != expected {
		t.Errorf("several segments: %v", several)
	}
	one := virtioHeader(options, 66, 1448)
	if expected := [virtioHeaderSize]byte{1, 0, 66, 0, 0, 0, 34, 0, 16, 0}; one != expected {
		t.Errorf("one segment: %v", one)
	}
	if none := virtioHeader(stack.GSO{}, 42, 0); none != [virtioHeaderSize]byte{} {
		t.Errorf("no TCP: %v", none)
	}
}

func TestAFrameTakesTheViewsThatHoldItAndNoMore(t *testing.T) {
	views := []*bufferv2.View{
		bufferv2.NewViewWithData([]byte("abcd")),
		bufferv2.NewViewWithData([]byte("efgh")),
		bufferv2.NewViewWithData([]byte("ijkl")),
	}
	frame := take(views, 6)
	if content := frame.Flatten(); string(content) != "abcdef" {
		t.Errorf("the frame is %q", content)
	}
	if views[0] != nil || views[1] != nil || views[2] == nil {
		t.Error("the wrong views are left")
	}
}

func TestALongestFrameFits(t *testing.T) {
	sum := 0
	for _, size := range viewSizes {
		sum += size
	}
	if sum < longestPacket+14 {
		t.Errorf("the buffers of a read hold %d bytes", sum)
	}
}

func TestProgramsTellAsThoseOfAHostDo(t *testing.T) {
	var written bytes.Buffer
	out := &output{encoder: json.NewEncoder(&written)}
	programs := map[string]program{
		"sink":   func(_ []string, tell func(event)) error { tell(event{"event": "result"}); return nil },
		"source": func([]string, func(event)) error { return errors.New("no way") },
	}
	out.run(request{ID: 1, File: "/workload/bulk/sink.py"}, programs)
	out.run(request{ID: 2, File: "source"}, programs)
	out.run(request{ID: 3, File: "other.py"}, programs)
	expected := strings.Join([]string{
		`{"id":1,"line":"{\"event\":\"result\"}"}`,
		`{"id":1,"exit":0}`,
		`{"id":2,"line":"{\"event\":\"failed\",\"reason\":\"no way\"}"}`,
		`{"id":2,"exit":1}`,
		`{"id":3,"error":"there is no program \"other\" for this stack"}`,
		`{"id":3,"exit":127}`,
		``,
	}, "\n")
	if written.String() != expected {
		t.Errorf("told:\n%s", written.String())
	}
}
