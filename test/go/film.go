package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mpegts"
)

// A film in the order of its time.
type film struct {
	units []unit
	sound *mpeg4audio.AudioSpecificConfig
}

type unit struct {
	kind unitKind
	// Since the first one, of filmRate.
	time  int64
	parts [][]byte
}

type unitKind int

const (
	picture unitKind = iota
	sound
)

// Of MPEG-TS, and of H.264 over RTP.
const filmRate = 90_000

func openFilm(name string) (*film, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader := &mpegts.Reader{R: file}
	if err := reader.Initialize(); err != nil {
		return nil, err
	}
	made := &film{}
	made.listen(reader)
	for err == nil {
		err = reader.Read()
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(made.units) == 0 || made.sound == nil {
		return nil, fmt.Errorf("expected H.264 and AAC in %s", name)
	}
	made.sort()
	return made, nil
}

func (f *film) listen(reader *mpegts.Reader) {
	take := func(kind unitKind, time int64, parts [][]byte) error {
		f.units = append(f.units, unit{kind, time, parts})
		return nil
	}
	for _, track := range reader.Tracks() {
		switch codec := track.Codec.(type) {
		case *mpegts.CodecH264:
			reader.OnDataH264(track, func(pts, _ int64, parts [][]byte) error {
				return take(picture, pts, parts)
			})
		case *mpegts.CodecMPEG4Audio:
			f.sound = &codec.Config
			reader.OnDataMPEG4Audio(track, func(pts int64, parts [][]byte) error {
				return take(sound, pts, parts)
			})
		}
	}
}

func (f *film) sort() {
	sort.SliceStable(f.units, func(a, b int) bool { return f.units[a].time < f.units[b].time })
	first := f.units[0].time
	for index := range f.units {
		f.units[index].time -= first
	}
}
