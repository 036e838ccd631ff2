// A client that publishes, over a real socket, pictures of the fixtures.
import type {ExecutionContext} from 'ava';
import type {Headers, RtspResponse} from '../../lib/protocols/rtsp/message.ts';
import {loadPictures, nalType} from './media.ts';
import type {Picture} from './media.ts';
import {formatPacket, interleave, picturePayloads} from './rtp.ts';
import {connectRtsp} from './rtsp-client.ts';
import type {RtspClient} from './rtsp-client.ts';
import {startPaths} from './server.ts';
import type {Paths} from './server.ts';

export const pictures = loadPictures('plain');

/** SPS and PPS of the first picture. */
export const setsOf = ([first]: readonly Picture[]): Buffer[] =>
	first?.nals.filter(nal => [7, 8].includes(nalType(nal))) ?? [];

export const sdpType: Headers = [['Content-Type', 'application/sdp']];

export const recordTcp = (channel: number): Headers => [
	['Transport', `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1};mode=record`],
];

export const recordUdp = ({pair}: {pair: string}): Headers => [
	['Transport', `RTP/AVP;unicast;client_port=${pair};mode=record`],
];

/** One track of H.264, and what follows it. */
export const sdpOf = ({control = 'streamid=0', mode = 1, more = [] as string[]} = {}): string =>
	[
		...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 't=0 0'],
		...['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000'],
		`a=fmtp:96 packetization-mode=${mode};sprop-parameter-sets=${setsOf(pictures)
			.map(set => set.toString('base64'))
			.join(',')}`,
		...(control === '' ? [] : [`a=control:${control}`]),
		...more,
		'',
	].join('\r\n');

/** RTP of these pictures; `maxBytes` is that of a NAL unit that is sent whole. */
export const packetsOf = (
	shown: readonly Picture[],
	{maxBytes = 1200, sequence = 0, offset = 0} = {},
): Buffer[] =>
	shown.flatMap(picture => {
		const payloads = picturePayloads(picture, maxBytes);
		return payloads.map((payload, index) => {
			const marker = index === payloads.length - 1;
			const timestamp = picture.pts + offset;
			const fields = {payloadType: 96, marker, timestamp, ssrc: 7, payload};
			return formatPacket({...fields, sequence: sequence++});
		});
	});

/** The same, interleaved. */
export const mediaOf = (
	shown: readonly Picture[],
	{channel = 0, ...how}: {channel?: number} & Parameters<typeof packetsOf>[1] = {},
): Buffer => Buffer.concat(packetsOf(shown, how).map(packet => interleave(channel, packet)));

/** A whole server, and a client that is connected to it. */
export const startPublishing = async (
	t: ExecutionContext,
	paths: Paths = {all_others: {}},
	keys: Record<string, unknown> = {},
) => {
	const started = await startPaths(t, paths, keys);
	const base = started.server.rtspUrl ?? '';
	return {...started, base, client: await connectRtsp(t, base)};
};

/** Up to RECORD, with one track of the description set up. */
export const record = async (
	client: RtspClient,
	url: string,
	sdp = sdpOf(),
): Promise<RtspResponse> => {
	await client.ask('ANNOUNCE', url, sdpType, sdp);
	await client.ask('SETUP', `${url}/streamid=0`, recordTcp(0));
	return client.ask('RECORD', url);
};
