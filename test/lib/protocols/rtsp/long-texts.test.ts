// What strangers write is read in time that grows with its length: five times the longest head would take minutes if it grew
// with the square.
import test from 'ava';
import {parseAuthorization} from '../../../../lib/auth/authorization.ts';
import {announcedTracks} from '../../../../lib/protocols/rtsp/announced.ts';
import {parseMessage} from '../../../../lib/protocols/rtsp/message.ts';
import {parseRange} from '../../../../lib/protocols/rtsp/range.ts';
import {parseRequestUrl} from '../../../../lib/protocols/rtsp/request-url.ts';
import {matchRtpInfo, parseRtpInfo} from '../../../../lib/protocols/rtsp/rtp-info.ts';
import {parseSession} from '../../../../lib/protocols/rtsp/session-header.ts';
import {parseTransports} from '../../../../lib/protocols/rtsp/transport.ts';
import {parseRtspUrl, resolveBase} from '../../../../lib/protocols/rtsp/url.ts';

const camera = parseRtspUrl('rtsp://camera/live');

/** How a text of each begins, and who reads it. */
const parsers: Record<string, [beginning: string, read: (text: string) => unknown]> = {
	'a message': ['OPTIONS * RTSP/1.0\r\n', parseMessage],
	'the URL of a request': ['rtsp://host/', parseRequestUrl],
	Transport: ['RTP/AVP/TCP;', parseTransports],
	Range: ['npt=', parseRange],
	Session: ['abc;', parseSession],
	Authorization: ['Digest username="', parseAuthorization],
	'an announcement': ['v=0\r\nm=video 0 RTP/AVP 96\r\na=fmtp:96 ', announcedTracks],
	'RTP-Info': ['url=rtsp://', text => matchRtpInfo(parseRtpInfo(text), ['a', 'b'])],
	'Content-Base': ['rtsp://', text => camera.ok && resolveBase(camera.value, text)],
};
const repeated = [' ', '\t', '\r\n ', ';', ',', '=', '/', '"', '-', '@', '%41', 'a=b;', 'a="'];
const length = 320_000;

for (const [what, [beginning, read]] of Object.entries(parsers))
	test(`${what} of hundreds of thousands of letters of one kind is read to its end`, t => {
		let texts = 0;
		for (const letters of repeated)
			for (const end of ['', 'x']) {
				read(beginning + letters.repeat(length / letters.length) + end);
				texts++;
			}
		t.is(texts, 2 * repeated.length);
	});
