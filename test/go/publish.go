package main

import (
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"
)

func publish(given options) error {
	client, err := newClient(given)
	if err != nil {
		return err
	}
	film, err := openFilm(given.in)
	if err != nil {
		return err
	}
	tracks, session, err := tracksOf(film)
	if err != nil {
		return err
	}
	if err := client.StartRecording(given.url, session); err != nil {
		return err
	}
	defer client.Close()
	start := time.Now()
	for _, unit := range film.units {
		time.Sleep(time.Until(start.Add(time.Duration(unit.time) * time.Second / filmRate)))
		if err := tracks[unit.kind].send(client, unit); err != nil {
			return err
		}
	}
	return nil
}

type track struct {
	media  *description.Media
	rate   int64
	encode func(parts [][]byte) ([]*rtp.Packet, error)
}

func tracksOf(film *film) (map[unitKind]track, *description.Session, error) {
	video := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	audio := &format.MPEG4Audio{
		PayloadTyp: 97, Config: film.sound,
		SizeLength: 13, IndexLength: 3, IndexDeltaLength: 3,
	}
	pictures, err := video.CreateEncoder()
	if err != nil {
		return nil, nil, err
	}
	sounds, err := audio.CreateEncoder()
	if err != nil {
		return nil, nil, err
	}
	videoMedia := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{video}}
	audioMedia := &description.Media{Type: description.MediaTypeAudio, Formats: []format.Format{audio}}
	tracks := map[unitKind]track{
		picture: {videoMedia, filmRate, pictures.Encode},
		sound:   {audioMedia, int64(film.sound.SampleRate), sounds.Encode},
	}
	session := &description.Session{Medias: []*description.Media{videoMedia, audioMedia}}
	return tracks, session, nil
}

func (t track) send(client *gortsplib.Client, unit unit) error {
	packets, err := t.encode(unit.parts)
	if err != nil {
		return err
	}
	for _, packet := range packets {
		packet.Timestamp += uint32(unit.time * t.rate / filmRate)
		if err := client.WritePacketRTP(t.media, packet); err != nil {
			return err
		}
	}
	return nil
}
