package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/av1"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mpegts"
)

// A film in the order of its time.
type film struct {
	isAV1 bool
	units []unit
	// Missing in a film of pictures alone.
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

// Of MPEG-TS, and of video over RTP.
const filmRate = 90_000

// OBUs tell no times: they are pictures of a camera of 25 a second.
const obuDuration = filmRate / 25

func openFilm(name string) (*film, error) {
	if filepath.Ext(name) == ".obu" {
		return openObus(name)
	}
	return openTransportStream(name)
}

func openTransportStream(name string) (*film, error) {
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

// A temporal delimiter begins each picture, and is not sent.
func openObus(name string) (*film, error) {
	bytes, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var obus av1.Bitstream
	if err := obus.Unmarshal(bytes); err != nil {
		return nil, err
	}
	made := &film{isAV1: true}
	for _, obu := range obus {
		last := len(made.units) - 1
		switch isDelimiter := av1.OBUType(obu[0]>>3&15) == av1.OBUTypeTemporalDelimiter; {
		case isDelimiter:
			made.units = append(made.units, unit{picture, int64(last+1) * obuDuration, nil})
		case last >= 0:
			made.units[last].parts = append(made.units[last].parts, obu)
		}
	}
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
