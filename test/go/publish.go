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
	pictures, err := picturesOf(film)
	if err != nil {
		return nil, nil, err
	}
	tracks := map[unitKind]track{picture: pictures}
	session := &description.Session{Medias: []*description.Media{pictures.media}}
	if film.sound == nil {
		return tracks, session, nil
	}
	sounds, err := soundsOf(film)
	if err != nil {
		return nil, nil, err
	}
	tracks[sound] = sounds
	session.Medias = append(session.Medias, sounds.media)
	return tracks, session, nil
}

func picturesOf(film *film) (track, error) {
	if film.isAV1 {
		video := &format.AV1{PayloadTyp: 96}
		encoder, err := video.CreateEncoder()
		if err != nil {
			return track{}, err
		}
		return trackOf(description.MediaTypeVideo, video, encoder.Encode), nil
	}
	video := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	encoder, err := video.CreateEncoder()
	if err != nil {
		return track{}, err
	}
	return trackOf(description.MediaTypeVideo, video, encoder.Encode), nil
}

func soundsOf(film *film) (track, error) {
	audio := &format.MPEG4Audio{
		PayloadTyp: 97, Config: film.sound,
		SizeLength: 13, IndexLength: 3, IndexDeltaLength: 3,
	}
	encoder, err := audio.CreateEncoder()
	if err != nil {
		return track{}, err
	}
	return trackOf(description.MediaTypeAudio, audio, encoder.Encode), nil
}

func trackOf(
	kind description.MediaType, what format.Format, encode func([][]byte) ([]*rtp.Packet, error),
) track {
	media := &description.Media{Type: kind, Formats: []format.Format{what}}
	return track{media, int64(what.ClockRate()), encode}
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
