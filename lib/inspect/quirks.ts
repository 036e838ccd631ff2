// What is odd about a camera's answers, in plain words: acceptance/rtsp-cameras.md, lines 1 to 6 and 13 to 17.
import {headerOf, headersOf} from '../protocols/rtsp/message.ts';
import type {Exchange} from '../protocols/rtsp/session.ts';
import {parseTransport} from '../protocols/rtsp/transport.ts';
import {parseRtspUrl} from '../protocols/rtsp/url.ts';
import {sdpQuirks} from './sdp-quirks.ts';

/** Exactly one of a code and a text is told, however often it is seen. */
export type Quirk = {code: string; text: string};

type Rule = {
	/** Of the question; undefined: of any. */
	method: string | undefined;
	code: string;
	/** A sentence for each thing that is odd. */
	says: (exchange: Exchange) => string[];
};

export const quirksOf = (exchange: Exchange): Quirk[] =>
	rules
		.filter(({method}) => method === undefined || method === exchange.method)
		.flatMap(({code, says}) => says(exchange).map(text => ({code, text})));

const ofSuccess =
	(says: Rule['says']): Rule['says'] =>
	exchange =>
		exchange.response.status === 200 ? says(exchange) : [];

const onlyOnce = ['CSeq', 'Session', 'Transport', 'Content-Length', 'Content-Base', 'RTP-Info'];

const doubled = ({response}: Exchange): string[] =>
	onlyOnce
		.filter(name => headersOf(response, name).length > 1)
		.map(name => `the header ${name} comes more than once`);

const redirected = ({response}: Exchange): string[] =>
	response.status >= 300 && response.status < 400
		? [`the camera sends us elsewhere with ${response.status}`]
		: [];

const withoutContentType = ({response}: Exchange): string[] =>
	headerOf(response, 'Content-Type') === undefined
		? ['the description comes without Content-Type']
		: [];

const contentBase = ({url, response}: Exchange): string[] => {
	const base = headerOf(response, 'Content-Base')?.trim();
	if (base === undefined) return ['the description comes without Content-Base'];
	if (/^rtsps?:\/\/rtsps?:\/\//i.test(base)) return ['Content-Base has its scheme twice'];
	if (!/^rtsps?:\/\//i.test(base)) return ['Content-Base has no scheme'];
	const [given, asked] = [parseRtspUrl(base), parseRtspUrl(url)];
	if (!given.ok) return ['Content-Base is no URL'];
	return asked.ok && given.value.host !== asked.value.host
		? [`Content-Base names another host, ${given.value.host}`]
		: [];
};

const transport = ({response}: Exchange): string[] => {
	const header = headerOf(response, 'Transport');
	if (header === undefined) return ['the answer to SETUP has no Transport'];
	const given = parseTransport(header);
	if (!given.ok) return ['the Transport of the answer to SETUP names no profile of RTP'];
	const {lower, interleaved, clientPort, serverPort} = given.value;
	const channels = /interleaved\s*=\s*([^;,]*)/i.exec(header)?.[1] ?? '';
	return [
		...(lower === 'TCP' ? [] : ['the answer to SETUP names UDP where TCP was asked for']),
		...(interleaved ? [] : ['the answer to SETUP names no channels']),
		...(interleaved && !channels.includes('-') ? ['the answer to SETUP names one channel'] : []),
		...(clientPort || serverPort ? ['the answer to SETUP over TCP names ports'] : []),
	];
};

const rtpInfo = ({response}: Exchange): string[] => {
	const info = headerOf(response, 'RTP-Info')?.trim();
	if (info === undefined) return [];
	return [
		...(info.endsWith(';') ? ['RTP-Info ends with a semicolon'] : []),
		...(/rtptime\s*=\s*\d/i.test(info) ? [] : ['RTP-Info tells no rtptime']),
		...(/seq\s*=\s*\d/i.test(info) ? [] : ['RTP-Info tells no seq']),
	];
};

const rules: readonly Rule[] = [
	{method: undefined, code: 'HEADERS_DOUBLED', says: doubled},
	{method: 'DESCRIBE', code: 'REDIRECTED', says: redirected},
	{method: 'DESCRIBE', code: 'NO_CONTENT_TYPE', says: ofSuccess(withoutContentType)},
	{method: 'DESCRIBE', code: 'CONTENT_BASE_ODD', says: ofSuccess(contentBase)},
	...sdpQuirks.map(({code, says}) => ({
		method: 'DESCRIBE',
		code,
		says: ofSuccess(({response}) => says(response.body)),
	})),
	{method: 'SETUP', code: 'TRANSPORT_ODD', says: ofSuccess(transport)},
	{method: 'PLAY', code: 'RTP_INFO_ODD', says: ofSuccess(rtpInfo)},
];

export const quirkCodes: readonly string[] = rules.map(({code}) => code);
