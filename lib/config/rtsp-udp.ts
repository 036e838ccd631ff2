// What the RTSP server is to do with UDP.
import type {Config} from './schema.ts';

/** The addresses of RTP and RTCP; undefined: no client gets anything over UDP. */
export const udpOf = ({rtspTransports, rtpAddress: rtp, rtcpAddress: rtcp}: Config) =>
	rtspTransports.includes('udp') && rtp && rtcp ? {rtp, rtcp} : undefined;

/** Undefined: nothing is sent to groups. */
export const multicastOf = (config: Config) => {
	const {multicastIPRange: range, multicastRTPPort, multicastRTCPPort} = config;
	const {multicastTTL: ttl, multicastInterface} = config;
	const ports = [multicastRTPPort, multicastRTCPPort] as const;
	return config.rtspTransports.includes('multicast')
		? {range, ports, ttl, interface: multicastInterface}
		: undefined;
};
