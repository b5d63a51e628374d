// The bytes that a connection is to carry: a pattern, repeated.
package main

import (
	"bytes"
	"errors"
	"os"
)

// pattern holds its period twice, so that every piece of at most a period is contiguous.
type pattern struct {
	twice  []byte
	period int
}

func loadPattern(path string) (pattern, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return pattern{}, err
	}
	if len(content) == 0 {
		return pattern{}, errors.New("the stream's file is empty")
	}
	return pattern{twice: append(content, content...), period: len(content)}, nil
}

// at is the piece from a position of the stream on; length is at most a period.
func (p pattern) at(position int64, length int) []byte {
	start := int(position % int64(p.period))
	return p.twice[start : start+length]
}

// mismatch is the position in the stream of the first byte of a piece that is not the stream's; -1 if all are. The piece
// begins at position, and is at most a period long.
func (p pattern) mismatch(piece []byte, position int64) int64 {
	expected := p.at(position, len(piece))
	if bytes.Equal(piece, expected) {
		return -1
	}
	for k, each := range piece {
		if each != expected[k] {
			return position + int64(k)
		}
	}
	return -1
}
