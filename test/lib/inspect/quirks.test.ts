// `sluice inspect` names what is odd, line by line of acceptance/rtsp-cameras.md: answers and descriptions.
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {isRemarked} from '../../helpers/is-remarked.ts';
import {lookAt} from '../../helpers/look.ts';
import {interleave} from '../../helpers/rtp.ts';
import {formatReply} from '../../helpers/scripted-camera.ts';
import type {Script} from '../../helpers/scripted-camera.ts';

const header = (method: string, name: string, value: string | undefined): Script => ({
	reply: (reply, asked) => {
		if (asked.method !== method) return;
		if (value === undefined) reply.headers.delete(name);
		else reply.headers.set(name, value);
	},
});
const sdp = (change: (text: string) => string): Script => ({sdp: change});

test(
	isRemarked,
	'1: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', '127.0.0.1/live/'),
	/Content-Base has no scheme/,
);
test(
	isRemarked,
	'1: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', 'rtsp://rtsp://127.0.0.1/live/'),
	/scheme twice/,
);
test(
	isRemarked,
	'1: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', 'rtsp://10.9.8.7/live/'),
	/another host, 10\.9\.8\.7/,
);
test(
	isRemarked,
	'1: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', 'rtsp://fe80::1:554/live/'),
	/is no URL/,
);
test(
	isRemarked,
	'2: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', undefined),
	/without Content-Base/,
);
test(
	isRemarked,
	'2: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', 'rtsp://127.0.0.1/live?x=1/'),
	/Content-Base has a query/,
);
test(
	isRemarked,
	'2: CONTROL_ODD',
	sdp(text => text.replace('a=control:picture', 'a=control:/picture')),
	/control of video begins with a slash/,
);
test(
	isRemarked,
	'3: NO_CONTENT_TYPE',
	header('DESCRIBE', 'Content-Type', undefined),
	/without Content-Type/,
);
test(
	isRemarked,
	'4: HEADERS_DOUBLED',
	{reply: reply => formatReply(reply).replace(/^Session: .*\r\n/gm, '$&$&')},
	/Session comes more than once/,
);
test(
	isRemarked,
	'4: LINE_FEEDS',
	{reply: reply => formatReply(reply).replaceAll('\r\n', '\n')},
	/lines of answers end with a line feed alone/,
);
test(
	isRemarked,
	'4: SDP_ODD',
	sdp(text => text.replaceAll('\r\n', '\n')),
	/description end with a line feed alone/,
);
test(
	isRemarked,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'ssrc= 11223344 ;RTP/AVP/TCP;unicast;interleaved=0-1'),
	/does not begin with RTP/,
);
test(
	isRemarked,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc= 11223344'),
	/has blanks around =/,
);
test(
	isRemarked,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1;x-dynamic-rate=1;y'),
	/words that nobody knows: x-dynamic-rate=1, y/,
);
test(
	isRemarked,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP/TCP;unicast;interleaved=4-5'),
	/other channels than were asked for/,
);
test(
	isRemarked,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP;unicast;interleaved=0-1'),
	/names UDP where TCP/,
);
test(
	isRemarked,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP/TCP;unicast;interleaved=0'),
	/names one channel/,
);
test(
	isRemarked,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP/TCP;unicast'),
	/names no channels/,
);
test(isRemarked, '5: TRANSPORT_ODD', header('SETUP', 'Transport', undefined), /has no Transport/);
test(
	isRemarked,
	'6: RTP_INFO_ODD',
	header('PLAY', 'RTP-Info', 'url=picture;seq=1000;rtptime=90000;'),
	/ends with a semicolon/,
);
test(
	isRemarked,
	'6: RTP_INFO_ODD',
	header('PLAY', 'RTP-Info', 'url=picture;seq=1000'),
	/tells no rtptime/,
);
test(
	isRemarked,
	'6: RTP_INFO_TIME_WRONG',
	header('PLAY', 'RTP-Info', 'url=picture;seq=1000;rtptime=4294967295'),
	/RTP time 4294967295, the first packet has 90000, 1 s off/,
);
test(
	isRemarked,
	'7: STRAY_CHANNELS',
	{wire: frames => frames.flatMap(frame => [interleave(9, Buffer.alloc(300)), frame])},
	/nobody set up: 9$/,
);
test(
	isRemarked,
	'7: SSRC_CHANGED',
	{packets: packets => packets.flatMap(packet => [packet, {...packet, ssrc: 99}])},
	/SSRC 11223344, 00000063/,
);
test(
	isRemarked,
	'8: RESYNCED in 20 pictures',
	{wire: (frames, index) => (index % 2 ? frames.map(it => it.subarray(0, 100)) : frames)},
	/framing was lost/,
);
test(
	isRemarked,
	'9: SESSION_SHORT',
	header('SETUP', 'Session', 'S0;timeout=10'),
	/ends a session after 10 s/,
);
test(
	isRemarked,
	'9: KEEPALIVE_REFUSED',
	{
		reply: (reply, {method}) => {
			if (method === 'OPTIONS') reply.status = '501 Not Implemented';
		},
	},
	/answers OPTIONS with 501/,
);
const asked = async (t: ExecutionContext, script: Script, text: RegExp) => {
	const {report} = await lookAt(t, script, {pictures: 3, userInfo: 'u:p@'});
	const found = report.remarks.find(({code}) => code === 'PASSWORD_ODD');
	t.regex(found?.text ?? JSON.stringify(report.remarks), text);
};
const user = {user: 'u', password: 'p'};
test('line 11: PASSWORD_ODD is remarked of a camera without Digest', t =>
	asked(t, {auth: {...user, challenges: ['Basic realm="c"']}}, /password in plain words/));
test('line 11: PASSWORD_ODD is remarked of a camera whose nonces go stale', async t => {
	const challenges = ['Digest realm="c", nonce=NONCE, qop="auth"'];
	const auth = {...user, challenges, everyQuestions: 2, isStaleSaid: true};
	await asked(t, {auth}, /went stale/);
});
test(
	isRemarked,
	'12: KEYS_IN_PLAIN',
	sdp(text => `${text}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}\r\n`),
	/keys of SRTP come in plain words/,
);
test(
	isRemarked,
	'13: BACK_CHANNEL',
	sdp(text => `${text}m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\n`),
	/has 1 back channel/,
);
test(
	isRemarked,
	'13: BACK_CHANNEL',
	sdp(text => text.replace('a=control:picture', 'a=sendonly\r\n$&')),
	/all media are marked as back channels/,
);
test('line 14: REDIRECTED is remarked', async t => {
	const {camera} = await lookAt(t, {}, {pictures: 5});
	const {report} = await lookAt(t, {
		reply: (reply, {method}) => {
			if (method !== 'DESCRIBE') return;
			reply.status = '302 Found';
			reply.headers.set('Location', camera.url('/there'));
		},
	});
	t.true(report.remarks.some(({code}) => code === 'REDIRECTED'));
});
test(
	isRemarked,
	'15: SDP_ODD',
	sdp(text => text.replace(/^o=.*\r\n/m, 's=b\r\n')),
	/has 0 lines of o=/,
);
test(
	isRemarked,
	'15: SDP_ODD',
	sdp(text => text.replace(/^t=.*$/m, 't=x')),
	/no t= that can be read/,
);
test(
	isRemarked,
	'15: SDP_ODD',
	sdp(text => text.replace(/^c=.*$/m, 'c=x')),
	/a c= that cannot be read/,
);
test(
	isRemarked,
	'15: SDP_ODD',
	sdp(text => text.replaceAll('\r\n', ' \r\n')),
	/end in blanks/,
);
test(
	isRemarked,
	'15: MEDIA_UNKNOWN',
	sdp(text => `${text}m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\na=control:x\r\n`),
	/unknown type application\/tp-link/,
);
test(
	isRemarked,
	'15: FMTP_ODD',
	sdp(text => text.replace(/^a=fmtp:96 .*$/m, 'a=fmtp:96')),
	/fmtp of video is empty/,
);
test(
	isRemarked,
	'17: RTPMAP_ODD',
	sdp(text => `${text}m=audio 0 RTP/AVP 97\r\na=rtpmap:97 OPUS/8000/1\r\na=control:sound\r\n`),
	/Opus is described with 8000\/1/,
);
test(
	isRemarked,
	'17: RTPMAP_ODD',
	sdp(text => `${text}m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMU/8000\r\na=control:sound\r\n`),
	/is called PCMU, and means PCMA/,
);
test(
	isRemarked,
	'16: NO_SPROP',
	{pictures: 'hevc', sdp: text => text.replace(/^a=fmtp:96 .*$/m, 'a=fmtp:96')},
	/no parameter sets \(sprop-vps, sprop-sps, sprop-pps\)/,
);
test(
	isRemarked,
	'17: FMTP_ODD',
	{pictures: 'hevc', sdp: text => text.replace(/;sprop-pps=[^;\r]*/, '')},
	/fmtp of video lacks sprop-pps/,
);
test(
	isRemarked,
	'17: FMTP_ODD',
	{hasSound: true, sdp: text => text.replace(/config=\w+/, '$&;')},
	/fmtp of audio has empty parts/,
);
