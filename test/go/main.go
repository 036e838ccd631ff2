// A peer of the tests on the module gortsplib, which MediaMTX is made of: it reads a path, or publishes a file.
//
//	rtsp-peer read    [-transport tcp|udp|multicast] [-tunnel http|websocket] [-pictures N] [-out FILE] URL
//	rtsp-peer publish [-transport tcp|udp] [-tunnel http|websocket] -in FILE.ts|FILE.obu URL
//
// What it read is one line of JSON on standard output, and the pictures are an elementary stream in FILE. A publisher
// plays its file once, in its time.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"os"

	"github.com/bluenviron/gortsplib/v5"
)

type options struct {
	url       string
	transport string
	tunnel    string
	pictures  int
	in        string
	out       string
}

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("expected the word read or publish"))
	}
	given, err := parse(os.Args[2:])
	if err != nil {
		fail(err)
	}
	switch os.Args[1] {
	case "read":
		err = read(given)
	case "publish":
		err = publish(given)
	default:
		err = fmt.Errorf("expected the word read or publish, got %s", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "rtsp-peer:", err)
	os.Exit(1)
}

func parse(words []string) (options, error) {
	var given options
	flags := flag.NewFlagSet("rtsp-peer", flag.ContinueOnError)
	flags.StringVar(&given.transport, "transport", "tcp", "tcp, udp or multicast")
	flags.StringVar(&given.tunnel, "tunnel", "none", "none, http or websocket")
	flags.IntVar(&given.pictures, "pictures", 1, "how many to read")
	flags.StringVar(&given.in, "in", "", "MPEG-TS with H.264 and AAC, or AV1, to publish")
	flags.StringVar(&given.out, "out", os.DevNull, "where the pictures go")
	if err := flags.Parse(words); err != nil {
		return given, err
	}
	if flags.NArg() != 1 {
		return given, fmt.Errorf("expected one URL, got %d", flags.NArg())
	}
	given.url = flags.Arg(0)
	return given, nil
}

// A client of one transport only: what does not work does not become TCP unseen.
func newClient(given options) (*gortsplib.Client, error) {
	protocol, err := named("transport", given.transport, map[string]gortsplib.Protocol{
		"tcp":       gortsplib.ProtocolTCP,
		"udp":       gortsplib.ProtocolUDP,
		"multicast": gortsplib.ProtocolUDPMulticast,
	})
	if err != nil {
		return nil, err
	}
	tunnel, err := named("tunnel", given.tunnel, map[string]gortsplib.Tunnel{
		"none":      gortsplib.TunnelNone,
		"http":      gortsplib.TunnelHTTP,
		"websocket": gortsplib.TunnelWebSocket,
	})
	if err != nil {
		return nil, err
	}
	return &gortsplib.Client{
		Protocol: &protocol,
		Tunnel:   tunnel,
		// The certificates of the tests sign themselves.
		TLSConfig: &tls.Config{InsecureSkipVerify: true},
	}, nil
}

func named[Value any](what string, word string, values map[string]Value) (Value, error) {
	value, isKnown := values[word]
	if !isKnown {
		return value, fmt.Errorf("expected another word for the %s than %s", what, word)
	}
	return value, nil
}
