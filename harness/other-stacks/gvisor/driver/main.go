// Serves requests for programs as peers/host.py does, so that the harness needs no other way to run them: one request a line
// on standard input, what they tell on standard output. The programs are those of this package, by the names of the harness's
// Python programs, and all of them use one netstack.
//
// A program runs on a goroutine, which cannot be killed. So a signal to one ends the whole process, and the harness sees that.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// killed is the exit code of a program that SIGKILL ended.
const killed = 137

// unknown is the exit code of a shell for a program that is not there.
const unknown = 127

type request struct {
	ID     int      `json:"id"`
	File   string   `json:"file"`
	Argv   []string `json:"argv"`
	Signal string   `json:"signal"`
}

// told is one line of standard output: exactly one of its texts and exit code is there.
type told struct {
	ID    int     `json:"id"`
	Line  *string `json:"line,omitempty"`
	Error *string `json:"error,omitempty"`
	Exit  *int    `json:"exit,omitempty"`
}

// event is what a program tells; its field "event" has the name.
type event map[string]any

// program does what its arguments say. It tells its events itself; an error becomes the event "failed".
type program func(argv []string, tell func(event)) error

// output writes whole lines, whichever goroutine they come from.
type output struct {
	mutex   sync.Mutex
	encoder *json.Encoder
}

func (o *output) write(line told) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	// Standard output is gone only if the harness is; then the end of the input follows.
	_ = o.encoder.Encode(line)
}

// run does one request, and tells how it ended.
func (o *output) run(asked request, programs map[string]program) {
	name := strings.TrimSuffix(filepath.Base(asked.File), ".py")
	exit := 0
	run, known := programs[name]
	if !known {
		reason := fmt.Sprintf("there is no program %q for this stack", name)
		exit = unknown
		o.write(told{ID: asked.ID, Error: &reason})
		o.write(told{ID: asked.ID, Exit: &exit})
		return
	}
	tell := func(happened event) {
		text, err := json.Marshal(happened)
		if err != nil {
			panic(err)
		}
		line := string(text)
		o.write(told{ID: asked.ID, Line: &line})
	}
	if err := run(asked.Argv, tell); err != nil {
		tell(event{"event": "failed", "reason": err.Error()})
		exit = 1
	}
	o.write(told{ID: asked.ID, Exit: &exit})
}

func main() {
	host := &host{}
	programs := map[string]program{"open-device": host.openDevice, "source": host.source, "sink": host.sink}
	out := &output{encoder: json.NewEncoder(os.Stdout)}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if asked.Signal != "" {
			os.Exit(killed)
		}
		go out.run(asked, programs)
	}
}
