// acceptance/rtsp-cameras.md, lines 15 and 16: how cameras describe themselves.
import test from 'ava';
import {isPulled, on} from '../../../helpers/is-pulled.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {picturePayloads} from '../../../helpers/rtp.ts';
import {parameterSets, startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script} from '../../../helpers/scripted-camera.ts';

const sdp = (change: (sdp: string) => string): Script => ({sdp: change});
test(
	isPulled,
	'a camera without o= and with several s=',
	sdp(text => text.replace(/^o=.*\r\n/m, 's=b\r\n')),
);
test(
	isPulled,
	'a camera with bad c= and t=',
	sdp(text => text.replace(/^[ct]=.*$/gm, 't=x')),
);
test(isPulled, 'a camera with unknown media', {
	sdp: text =>
		`${text}m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\na=rtpmap:95 TP-LINK/90000\r\na=control:x\r\n`,
});
test(
	isPulled,
	'a camera with blanks at its line ends',
	sdp(text => text.replaceAll('\r\n', ' \t\r\n')),
);
test(isPulled, 'a camera with its attributes in another order', {
	sdp: text => text.replace(/^(a=rtpmap.*\r\n)(a=fmtp.*\r\n)(a=control.*\r\n)/m, '$3$2$1'),
});
test(
	isPulled,
	'a camera with an empty fmtp',
	sdp(text => text.replace(/^a=fmtp:96 .*$/m, 'a=fmtp:96')),
);
test(isPulled, 'a camera with its fmtp on the wrong track', {
	hasSound: true,
	sdp: text => {
		const [fmtp] = /^a=fmtp:96 .*\r\n/m.exec(text)!;
		return text.replace(fmtp, '') + fmtp;
	},
});
test(isPulled, 'a camera without sprop-parameter-sets', {
	sdp: text => text.replace(/;sprop-parameter-sets=.*$/m, ''),
});
test(isPulled, 'a camera whose sound has a semicolon behind its config', {
	hasSound: true,
	sdp: text => text.replace(/config=\w+/, '$&;'),
});
test(isPulled, 'a camera that names back channels', {
	sdp: text => `${text}m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\n`,
	reply: on('SETUP', (reply, {url}) => {
		if (url.includes('back')) reply.status = '500 Internal Server Error';
	}),
});

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

test('the parameter sets of the description are enough for pictures that bring none', async t => {
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
