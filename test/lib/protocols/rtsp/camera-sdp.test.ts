// acceptance/rtsp-cameras.md, lines 13 and 15 to 17: how cameras describe themselves.
import test from 'ava';
import type {TrackInfo} from '../../../../lib/native/binding.ts';
import {cite, isPulled, on} from '../../../helpers/is-pulled.ts';
import {nalType} from '../../../helpers/media.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {picturePayloads, soundPayload} from '../../../helpers/rtp.ts';
import {parameterSets} from '../../../helpers/camera-sdp.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script} from '../../../helpers/scripted-camera.ts';

const sdp = (change: (sdp: string) => string): Script => ({sdp: change});
test(
	isPulled,
	'15: a camera without o= and with several s=',
	sdp(text => text.replace(/^o=.*\r\n/m, 's=b\r\n')),
);
test(
	isPulled,
	'15: a camera with bad c= and t=',
	sdp(text => text.replace(/^[ct]=.*$/gm, 't=x')),
);
test(isPulled, '15: a camera with unknown media', {
	sdp: text =>
		`${text}m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\na=rtpmap:95 TP-LINK/90000\r\na=control:x\r\n`,
});
test(
	isPulled,
	'15: a camera with blanks at its line ends',
	sdp(text => text.replaceAll('\r\n', ' \t\r\n')),
);
test(isPulled, '15: a camera with its attributes in another order', {
	sdp: text => text.replace(/^(a=rtpmap.*\r\n)(a=fmtp.*\r\n)(a=control.*\r\n)/m, '$3$2$1'),
});
test(
	isPulled,
	'15: a camera with an empty fmtp',
	sdp(text => text.replace(/^a=fmtp:96 .*$/m, 'a=fmtp:96')),
);
test(isPulled, '15: a camera with its fmtp on the wrong track', {
	hasSound: true,
	sdp: text => {
		const [fmtp] = /^a=fmtp:96 .*\r\n/m.exec(text)!;
		return text.replace(fmtp, '') + fmtp;
	},
});
test(isPulled, '16: a camera without sprop-parameter-sets', {
	sdp: text => text.replace(/;sprop-parameter-sets=.*$/m, ''),
});
test(isPulled, '17: a camera whose sound has a semicolon behind its config', {
	hasSound: true,
	sdp: text => text.replace(/config=\w+/, '$&;'),
});
test(isPulled, '13: a camera that names back channels', {
	sdp: text => `${text}m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\n`,
	reply: on('SETUP', (reply, {url}) => {
		if (url.includes('back')) reply.status = '500 Internal Server Error';
	}),
});

test(isPulled, '13: a camera that marks all its media as back channels', {
	hasSound: true,
	sdp: text => text.replace(/^a=control:(?:picture|sound)/gm, 'a=sendonly\r\n$&'),
});
test(isPulled, '15: a camera with media of static payload types that it does not describe', {
	sdp: text => `${text}m=audio 0 RTP/AVP 8\r\na=control:sound\r\n`,
	packets: (packets, _, track) =>
		track === 'audio' ? packets.map(packet => ({...packet, payloadType: 8})) : packets,
});

test('line 16: parameter sets are waited for, however late they come', async t => {
	const camera = await startScriptedCamera(t, {
		sdp: text => text.replace(/;sprop-parameter-sets=.*$/m, ''),
		payloads: ({nals, ...rest}, index) => {
			const early = nals.filter(nal => ![7, 8].includes(nalType(nal)));
			return picturePayloads({...rest, nals: index < 99 ? early : nals});
		},
	});
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 10);
	t.like(pull.epochs[0]?.tracks[0], {type: 'h264', width: 320});
	t.is(camera.sessions.length, 1);
});

/** The sound is there, and what it is. */
const isHeard = test.macro({
	async exec(t, _line: string, script: Script, track: Partial<TrackInfo>) {
		const camera = await startScriptedCamera(t, {hasSound: true, ...script});
		const pull = startPull(t, camera.url());
		await camera.untilPicture(() => pull.stats().frames - pull.stats().pictures > 40);
		t.like(pull.epochs.at(-1)?.tracks[1], track);
		t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, epoch: 1});
	},
	title: (_, line) => cite(line as string, 'sound comes from'),
});

const soundOf = (payloadType: number, rtpMap: string) => (text: string) =>
	text.replace(
		/^m=audio[^]*?(?=a=control:sound)/m,
		`m=audio 0 RTP/AVP ${payloadType}\r\na=rtpmap:${payloadType} ${rtpMap}\r\n`,
	);

test(
	isHeard,
	'17: a camera with the wrong rate and channels of Opus',
	{sdp: soundOf(97, 'OPUS/8000/1'), sound: () => Buffer.from('fcfffe', 'hex')},
	{kind: 'audio', codec: 'OPUS', clockRateHz: 48_000},
);
test(
	isHeard,
	'17: a camera with ADTS inside its packets',
	{sound: unit => soundPayload(Buffer.concat([adtsHeader(unit), unit]))},
	{type: 'aac', sampleRateHz: 48_000, channels: 2},
);
test(
	isHeard,
	'17: a camera whose rtpmap is not that of the payload type (Hikvision)',
	{
		sdp: soundOf(8, 'PCMU/8000'),
		sound: () => Buffer.alloc(160, 0xd5),
		packets: (packets, index, track) =>
			track === 'audio'
				? packets.map(packet => ({...packet, payloadType: 8, timestamp: index * 160}))
				: packets,
	},
	{kind: 'audio', codec: 'PCMA', clockRateHz: 8000},
);

/** AAC-LC of 48 kHz in stereo (ISO/IEC 13818-7 section 6.2). */
const adtsHeader = ({length}: Buffer): Buffer => {
	const size = length + 7;
	return Buffer.from([
		0xff,
		0xf1,
		0x4c,
		0x80 | (size >> 11),
		(size >> 3) & 0xff,
		((size & 7) << 5) | 0x1f,
		0xfc,
	]);
};

test('a description without a track that can be taken is told', async t => {
	const camera = await startScriptedCamera(
		t,
		sdp(() => 'v=0\r\nm=application 9 TCP/BFCP *\r\n'),
	);
	t.is((await startPull(t, camera.url()).failure())?.code, 'RTSP_NO_TRACKS');
});

test('what is no description is told', async t => {
	const camera = await startScriptedCamera(
		t,
		sdp(() => '<html>'),
	);
	t.is((await startPull(t, camera.url()).failure())?.code, 'RTSP_BAD_RESPONSE');
});

test('line 16: the parameter sets of the description are enough for pictures that bring none', async t => {
	const camera = await startScriptedCamera(t, {
		payloads: ({nals}) =>
			nals.filter(nal => ![7, 8].includes(nal[0]! & 31)).flatMap(nal => splitFu(nal)),
	});
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 10);
	t.like(pull.epochs[0]?.tracks[0], {type: 'h264', width: 320});
	t.not(parameterSets(camera), '');
});

const splitFu = (nal: Buffer): Buffer[] => picturePayloads({nals: [nal], pts: 0, isKey: false});
