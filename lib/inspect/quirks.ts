// What is odd about a camera's answers, in plain words: acceptance/rtsp-cameras.md, lines 1 to 6, 9 and 11 to 17.
import {headerOf, headersOf} from '../protocols/rtsp/message.ts';
import type {Exchange} from '../protocols/rtsp/session.ts';
import {parseSession} from '../protocols/rtsp/session-header.ts';
import {parseTransport} from '../protocols/rtsp/transport.ts';
import type {Transport} from '../protocols/rtsp/transport.ts';
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
	const isOther = asked.ok && given.value.host !== asked.value.host;
	return [
		...(isOther ? [`Content-Base names another host, ${given.value.host}`] : []),
		...(given.value.path.includes('?') ? ['Content-Base has a query'] : []),
	];
};

const lineFeeds = ({response}: Exchange): string[] =>
	response.hasBareLineFeeds ? ['lines of answers end with a line feed alone'] : [];

const knownWords =
	/^(?:rtp\/\S+|unicast|multicast|(?:interleaved|ssrc|mode|source|destination|client_port|server_port|port|ttl|layers|append)\s*=.*)$/i;

const transport = ({transport: asked = '', response}: Exchange): string[] => {
	const header = headerOf(response, 'Transport');
	if (header === undefined) return ['the answer to SETUP has no Transport'];
	const given = parseTransport(header);
	if (!given.ok) return ['the Transport of the answer to SETUP names no profile of RTP'];
	return [...wordsOf(header), ...channelsOf(header, given.value, asked)].map(
		text => `the answer to SETUP ${text}`,
	);
};

/** How it is written. */
const wordsOf = (header: string): string[] => {
	const words = header.split(';').map(word => word.trim());
	const unknown = words.filter(word => word !== '' && !knownWords.test(word));
	return [
		...(/^\s*RTP\//i.test(header) ? [] : ['does not begin with RTP']),
		...(/\s=|=\s/.test(header) ? ['has blanks around ='] : []),
		...(unknown.length > 0
			? [`has words that nobody knows: ${unknown.join(', ').slice(0, 80)}`]
			: []),
	];
};

/** What it grants. */
const channelsOf = (header: string, given: Transport, asked: string): string[] => {
	const {lower, interleaved, clientPort, serverPort} = given;
	const channels = /interleaved\s*=\s*([^;,]*)/i.exec(header)?.[1] ?? '';
	const wanted = parseTransport(asked);
	const isOther =
		interleaved && wanted.ok && wanted.value.interleaved?.join() !== interleaved.join();
	return [
		...(lower === 'TCP' ? [] : ['names UDP where TCP was asked for']),
		...(interleaved ? [] : ['names no channels']),
		...(interleaved && !channels.includes('-') ? ['names one channel'] : []),
		...(isOther ? ['names other channels than were asked for'] : []),
		...(clientPort || serverPort ? ['over TCP names ports'] : []),
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

const shortSession = ({response}: Exchange): string[] => {
	const session = parseSession(headerOf(response, 'Session') ?? '');
	const timeoutMs = session.ok ? (session.value.timeoutMs ?? Infinity) : Infinity;
	return timeoutMs < shortMs
		? [`the camera ends a session after ${timeoutMs / 1000} s without a word`]
		: [];
};

const shortMs = 30_000;

/** What keeps a session alive. */
const refusedWord = ({method, response: {status}}: Exchange): string[] =>
	status >= 400 && status !== 401 ? [`the camera answers ${method} with ${status}`] : [];

const challenge = ({url, authorization, response}: Exchange): string[] => {
	if (response.status !== 401) return [];
	const challenges = headersOf(response, 'WWW-Authenticate');
	const isPlain = challenges.length > 0 && challenges.every(text => /^\s*Basic\b/i.test(text));
	const isStale = challenges.some(text => /\bstale\s*=\s*"?true/i.test(text));
	return [
		...(isPlain && !/^rtsps:/i.test(url) ? ['the camera wants the password in plain words'] : []),
		...(isStale && authorization !== undefined ? ['a nonce went stale while it was in use'] : []),
	];
};

const plainKeys = ({url, response}: Exchange): string[] =>
	!/^rtsps:/i.test(url) && /^a=(?:crypto|key-mgmt):/im.test(response.body)
		? ['keys of SRTP come in plain words: anybody on the way can read them']
		: [];

const rules: readonly Rule[] = [
	{method: undefined, code: 'LINE_FEEDS', says: lineFeeds},
	{method: undefined, code: 'HEADERS_DOUBLED', says: doubled},
	{method: undefined, code: 'PASSWORD_ODD', says: challenge},
	{method: 'OPTIONS', code: 'KEEPALIVE_REFUSED', says: refusedWord},
	{method: 'GET_PARAMETER', code: 'KEEPALIVE_REFUSED', says: refusedWord},
	{method: 'DESCRIBE', code: 'REDIRECTED', says: redirected},
	{method: 'DESCRIBE', code: 'NO_CONTENT_TYPE', says: ofSuccess(withoutContentType)},
	{method: 'DESCRIBE', code: 'CONTENT_BASE_ODD', says: ofSuccess(contentBase)},
	...sdpQuirks.map(({code, says}) => ({
		method: 'DESCRIBE',
		code,
		says: ofSuccess(({response}) => says(response.body)),
	})),
	{method: 'DESCRIBE', code: 'KEYS_IN_PLAIN', says: ofSuccess(plainKeys)},
	{method: 'SETUP', code: 'TRANSPORT_ODD', says: ofSuccess(transport)},
	{method: 'SETUP', code: 'SESSION_SHORT', says: ofSuccess(shortSession)},
	{method: 'PLAY', code: 'RTP_INFO_ODD', says: ofSuccess(rtpInfo)},
];

export const quirkCodes: readonly string[] = [...new Set(rules.map(({code}) => code))];
