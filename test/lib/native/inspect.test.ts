import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {InspectEvent} from '../../../lib/native/inspected.ts';
import {loadPictures, loadSound, nalType} from '../../helpers/media.ts';
import type {PictureName} from '../../helpers/media.ts';
import {openStream, startNative} from '../../helpers/native.ts';
import {
	formatPacket,
	interleave,
	picturePayloads,
	senderReport,
	soundPayload,
} from '../../helpers/rtp.ts';

const video = {
	kind: 'video',
	codec: 'H264',
	clockRateHz: 90_000,
	channels: 1,
	payloadType: 96,
	channel: 0,
	rtcpChannel: 1,
	encoding: '',
	fmtp: '',
	parameterSets: [] as Uint8Array[],
	config: new Uint8Array(),
	configInBand: true,
	sizeLength: 13,
	indexLength: 3,
	indexDeltaLength: 3,
	takesPictureLoss: false,
} as const;
const audio = {
	...video,
	kind: 'audio',
	codec: 'MPEG4-GENERIC',
	clockRateHz: 48_000,
	payloadType: 97,
	channel: 2,
	rtcpChannel: 3,
	config: new Uint8Array([0x11, 0x90]),
} as const;

/** What an ingest tells of these bytes, up to and with the first event that `isLast`. */
const inspect = async (
	t: ExecutionContext,
	frames: Buffer[],
	isLast: (event: InspectEvent) => boolean,
): Promise<InspectEvent[]> => {
	const stream = openStream(t, startNative(t));
	const ingest = stream.openIngest([video, audio], {inspect: true});
	const events: InspectEvent[] = [];
	const done = new Promise<void>(resolve =>
		ingest.on('inspected', event => {
			events.push(event);
			if (isLast(event)) resolve();
		}),
	);
	ingest.place([0, 1].map(track => ({track, rtpTime: 0})));
	const bytes = Buffer.concat(frames);
	ingest.feed(bytes, bytes.length);
	await done;
	const closed = once(ingest, 'closed');
	ingest.close();
	await closed;
	return events;
};

const pictureFrames = (name: PictureName, count: number): Buffer[] => {
	let sequence = 100;
	return loadPictures(name)
		.slice(0, count)
		.flatMap(picture =>
			picturePayloads(picture).map((payload, index, all) =>
				interleave(
					0,
					formatPacket({
						payloadType: 96,
						marker: index === all.length - 1,
						sequence: sequence++,
						timestamp: picture.pts,
						ssrc: 7,
						payload,
					}),
				),
			),
		);
};

const ofType = <Type extends InspectEvent['type']>(events: InspectEvent[], type: Type) =>
	events.filter((event): event is Extract<InspectEvent, {type: Type}> => event.type === type);

test('every packet is told as it was on the wire, with the NAL units in it', async t => {
	const frames = pictureFrames('plain', 2);
	const events = await inspect(t, frames, event => event.type === 'unit' && event.picture === 'P');
	const packets = ofType(events, 'packet');
	t.is(packets.length, frames.length);
	t.deepEqual(
		packets.map(({sequence}) => sequence),
		frames.map((_, index) => 100 + index),
	);
	const [first = Buffer.alloc(1)] = loadPictures('plain')[0]!.nals;
	t.like(packets[0], {track: 0, ssrc: 7, payloadType: 96, nals: [nalType(first)], piece: 'whole'});
	t.is(packets[0]?.bytes, frames[0]!.length - 4);
	const idr = packets.filter(({nals}) => nals[0] === 5).map(({piece}) => piece);
	t.is(idr[0], 'start');
	t.is(idr.at(-1), 'end');
});

test('access units carry the type of their picture, their NAL units and their packets', async t => {
	const pictures = loadPictures('bframes').slice(0, 8);
	const frames = pictureFrames('bframes', 8);
	let seen = 0;
	const events = await inspect(t, frames, ({type}) => type === 'unit' && ++seen === 8);
	const units = ofType(events, 'unit');
	t.deepEqual(
		units.map(({picture}) => picture),
		['I', 'P', 'B', 'B', 'P', 'B', 'B', 'P'],
	);
	t.deepEqual(
		units.map(({nals}) => nals),
		pictures.map(({nals}) => nals.map(nalType)),
	);
	t.deepEqual(
		units.map(({timestamp}) => timestamp),
		pictures.map(({pts}) => pts),
	);
	t.is(
		units.reduce((sum, {packets}) => sum + packets, 0),
		frames.length,
	);
	t.deepEqual(
		units.map(({key}) => key),
		pictures.map(({isKey}) => isKey),
	);
});

test('parameters are told from the description and from the media, decoded', async t => {
	const events = await inspect(t, pictureFrames('bframes', 1), ({type}) => type === 'unit');
	const [aac, h264] = ofType(events, 'parameters');
	t.like(aac, {track: 1, codec: 'aac', sampleRateHz: 48_000, channels: 2, objectType: 2});
	t.like(h264, {
		track: 0,
		codec: 'h264',
		sps: {width: 320, height: 240, frameRateNum: 25, frameRateDen: 1, maxReorderFrames: 2},
		pps: [{cabac: false, whole: true}],
	});
});

test('units that share a packet, and sender reports, are told', async t => {
	const [unit = Buffer.alloc(0)] = loadSound().units;
	const header = Buffer.from([0, 32, 0, 0, 0, 0]);
	header.writeUInt16BE(unit.length << 3, 2);
	header.writeUInt16BE(unit.length << 3, 4);
	const packet = {payloadType: 97, marker: true, sequence: 1, timestamp: 5, ssrc: 9};
	const two = formatPacket({...packet, payload: Buffer.concat([header, unit, unit])});
	const one = formatPacket({...packet, sequence: 2, timestamp: 2053, payload: soundPayload(unit)});
	const events = await inspect(
		t,
		[interleave(2, two), interleave(2, one), interleave(3, senderReport(9, 3_900_000_000, 77))],
		({type}) => type === 'report',
	);
	t.deepEqual(
		ofType(events, 'unit').map(({timestamp, packets}) => ({timestamp, packets})),
		[
			{timestamp: 5, packets: 1},
			{timestamp: 1029, packets: 1},
			{timestamp: 2053, packets: 1},
		],
	);
	t.like(ofType(events, 'report')[0], {track: 1, ssrc: 9, timestamp: 77, ntpUs: 3.9e15});
});

test('an ingest that nobody looks at tells nothing of the kind', async t => {
	const stream = openStream(t, startNative(t));
	const ingest = stream.openIngest([video]);
	ingest.on('inspected', () => t.fail());
	const bytes = Buffer.concat(pictureFrames('plain', 3));
	const began = once(stream, 'epoch');
	ingest.feed(bytes, bytes.length);
	await began;
	const closed = once(ingest, 'closed');
	ingest.close();
	await closed;
	t.pass();
});
