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
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
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
	media := session.FindFormat(&video)
	if media == nil {
		return fmt.Errorf("expected H.264 to be described")
	}
	decoder, err := video.CreateDecoder()
	if err != nil {
		return err
	}
	client.OnPacketRTP(media, video, func(packet *rtp.Packet) {
		unit, err := decoder.Decode(packet)
		if errors.Is(err, rtph264.ErrMorePacketsNeeded) {
			return
		}
		if err != nil {
			atomic.AddInt64(&to.seen.Errors, 1)
			return
		}
		if err := to.take(unit, [][]byte{video.SPS, video.PPS}); err != nil {
			fail(err)
		}
	})
	return nil
}

// From the first key frame on, and until there are as many as wanted.
func (p *pictures) take(unit [][]byte, sets [][]byte) error {
	isFirst := p.seen.Pictures == 0
	if p.seen.Pictures == p.wanted || isFirst && !h264.IsRandomAccess(unit) {
		return nil
	}
	if isFirst {
		unit = append(sets, unit...)
	}
	bytes, err := h264.AnnexB(unit).Marshal()
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
