package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpav1"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/av1"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/pion/rtp"
)

type report struct {
	Pictures int64 `json:"pictures"`
	// Packets of audio.
	Sounds int64 `json:"sounds"`
	Lost   int64 `json:"lost"`
	Errors int64 `json:"errors"`
}

func read(given options) error {
	client, err := newClient(given)
	if err != nil {
		return err
	}
	var seen report
	client.OnPacketsLost = func(lost uint64) { atomic.AddInt64(&seen.Lost, int64(lost)) }
	client.OnDecodeError = func(error) { atomic.AddInt64(&seen.Errors, 1) }
	url, err := base.ParseURL(given.url)
	if err != nil {
		return err
	}
	client.Scheme, client.Host = url.Scheme, url.Host
	if err := client.Start(); err != nil {
		return err
	}
	defer client.Close()
	session, _, err := client.Describe(url)
	if err != nil {
		return err
	}
	if err := client.SetupAll(session.BaseURL, session.Medias); err != nil {
		return err
	}
	file, err := os.Create(given.out)
	if err != nil {
		return err
	}
	defer file.Close()
	done := make(chan struct{})
	if err := takePictures(client, session, &pictures{
		seen: &seen, wanted: int64(given.pictures), done: done, to: bufio.NewWriter(file),
	}); err != nil {
		return err
	}
	takeSounds(client, session, &seen)
	if _, err := client.Play(nil); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Wait() }()
	select {
	case <-done:
	case err := <-ended:
		return fmt.Errorf("%w after %d pictures", err, atomic.LoadInt64(&seen.Pictures))
	}
	return json.NewEncoder(os.Stdout).Encode(&seen)
}

type pictures struct {
	seen   *report
	wanted int64
	done   chan struct{}
	to     *bufio.Writer
}

func takePictures(client *gortsplib.Client, session *description.Session, to *pictures) error {
	var video *format.H264
	if media := session.FindFormat(&video); media != nil {
		decoder, err := video.CreateDecoder()
		if err != nil {
			return err
		}
		client.OnPacketRTP(media, video, to.takeBy(decoder.Decode, rtph264.ErrMorePacketsNeeded,
			h264Units{sets: [][]byte{video.SPS, video.PPS}}))
		return nil
	}
	var newer *format.AV1
	media := session.FindFormat(&newer)
	if media == nil {
		return fmt.Errorf("expected H.264 or AV1 to be described")
	}
	decoder, err := newer.CreateDecoder()
	if err != nil {
		return err
	}
	client.OnPacketRTP(media, newer, to.takeBy(decoder.Decode, rtpav1.ErrMorePacketsNeeded, obus{}))
	return nil
}

// What an elementary stream is made of.
type units interface {
	isKey(unit [][]byte) bool
	// As a file has it.
	marshal(unit [][]byte, isFirst bool) ([]byte, error)
}

type h264Units struct{ sets [][]byte }

func (h264Units) isKey(unit [][]byte) bool { return h264.IsRandomAccess(unit) }
func (u h264Units) marshal(unit [][]byte, isFirst bool) ([]byte, error) {
	if isFirst {
		unit = append(u.sets, unit...)
	}
	return h264.AnnexB(unit).Marshal()
}

type obus struct{}

func (obus) isKey(unit [][]byte) bool { return av1.IsRandomAccess2(unit) }
func (obus) marshal(unit [][]byte, _ bool) ([]byte, error) {
	delimiter := []byte{byte(av1.OBUTypeTemporalDelimiter) << 3}
	return av1.Bitstream(append([][]byte{delimiter}, unit...)).Marshal()
}

func (p *pictures) takeBy(
	decode func(*rtp.Packet) ([][]byte, error), more error, kind units,
) func(*rtp.Packet) {
	return func(packet *rtp.Packet) {
		unit, err := decode(packet)
		if errors.Is(err, more) {
			return
		}
		if err != nil {
			atomic.AddInt64(&p.seen.Errors, 1)
			return
		}
		if err := p.take(unit, kind); err != nil {
			fail(err)
		}
	}
}

// From the first key frame on, and until there are as many as wanted.
func (p *pictures) take(unit [][]byte, kind units) error {
	isFirst := p.seen.Pictures == 0
	if p.seen.Pictures == p.wanted || isFirst && !kind.isKey(unit) {
		return nil
	}
	bytes, err := kind.marshal(unit, isFirst)
	if err != nil {
		return err
	}
	if _, err := p.to.Write(bytes); err != nil {
		return err
	}
	if atomic.AddInt64(&p.seen.Pictures, 1) < p.wanted {
		return nil
	}
	defer close(p.done)
	return p.to.Flush()
}

// Whatever the other tracks carry.
func takeSounds(client *gortsplib.Client, session *description.Session, seen *report) {
	for _, media := range session.Medias {
		if media.Type != description.MediaTypeAudio {
			continue
		}
		for _, audio := range media.Formats {
			client.OnPacketRTP(media, audio, func(*rtp.Packet) { atomic.AddInt64(&seen.Sounds, 1) })
		}
	}
}
