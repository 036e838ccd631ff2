// RFC 2326 section 12.39, and what cameras make of it (acceptance line 5): ssrc first or with
// blanks around it, unknown keys, one number where there should be two.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {formatParameters, parameterOf, parseNumber, parseParameters} from './parameters.ts';
import type {Parameter} from './parameters.ts';

export type Pair = readonly [first: number, second: number];

export type Transport = {
	/** `RTP/AVP`, `RTP/SAVP` ... in upper case. */
	profile: string;
	/** Undefined: the header did not say; UDP by the RFC, but some cameras answer so to TCP. */
	lower: 'TCP' | 'UDP' | undefined;
	cast: 'unicast' | 'multicast' | undefined;
	interleaved: Pair | undefined;
	clientPort: Pair | undefined;
	serverPort: Pair | undefined;
	/** Of a multicast group, which is the destination. */
	port: Pair | undefined;
	ttl: number | undefined;
	ssrc: number | undefined;
	mode: string | undefined;
	source: string | undefined;
	destination: string | undefined;
};

/** RTP, and nothing else said. */
export const noTransport: Transport = {
	profile: 'RTP/AVP',
	lower: undefined,
	cast: undefined,
	interleaved: undefined,
	clientPort: undefined,
	serverPort: undefined,
	port: undefined,
	ttl: undefined,
	ssrc: undefined,
	mode: undefined,
	source: undefined,
	destination: undefined,
};

/** Every transport that a client offers, the one it likes best first; what we do not know is left out. */
export const parseTransports = (text: string): Transport[] =>
	text
		.split(',', maxOffers)
		.map(parseTransport)
		.flatMap(transport => (transport.ok ? transport.value : []));

/** The first transport of the header; an answer has one only. */
export const parseTransport = (text: string): Parsed<Transport> => {
	const parameters = parseParameters(text.split(',')[0] ?? '');
	const spec = parameters.map(({key}) => specPattern.exec(key)).find(match => match !== null);
	if (!spec) return unparsed(`no RTP profile in Transport: ${text.slice(0, 80)}`);
	const [, profile = '', lower] = spec;
	return parsed({
		profile: profile.toUpperCase(),
		lower: lower === undefined ? undefined : lower.toUpperCase() === 'TCP' ? 'TCP' : 'UDP',
		...values(parameters),
	});
};

export const formatTransport = (transport: Transport): string => {
	const {profile, lower, cast, interleaved, clientPort, serverPort, port, ttl, ssrc} = transport;
	const parameters: Parameter[] = [
		{key: lower ? `${profile}/${lower}` : profile, value: undefined},
		...(cast ? [{key: cast, value: undefined}] : []),
		...optional('destination', transport.destination),
		...optional('source', transport.source),
		...optional('interleaved', interleaved?.join('-')),
		...optional('client_port', clientPort?.join('-')),
		...optional('server_port', serverPort?.join('-')),
		...optional('port', port?.join('-')),
		...optional('ttl', ttl?.toString()),
		...optional('ssrc', ssrc?.toString(16).toUpperCase().padStart(8, '0')),
		...optional('mode', transport.mode),
	];
	return formatParameters(parameters);
};

const maxOffers = 16;
const specPattern = /^(RTP\/S?AVPF?)(?:\/(TCP|UDP))?$/i;

const values = (parameters: Parameter[]): Omit<Transport, 'profile' | 'lower'> => {
	const has = (key: string) => parameterOf(parameters, key) !== undefined;
	return {
		cast: has('multicast') ? 'multicast' : has('unicast') ? 'unicast' : undefined,
		interleaved: parsePair(parameterOf(parameters, 'interleaved'), 255),
		clientPort: parsePair(parameterOf(parameters, 'client_port'), 65_535),
		serverPort: parsePair(parameterOf(parameters, 'server_port'), 65_535),
		port: parsePair(parameterOf(parameters, 'port'), 65_535),
		ttl: parseNumber(parameterOf(parameters, 'ttl'), 255),
		ssrc: parseSsrc(parameterOf(parameters, 'ssrc')),
		mode: nonEmpty(parameterOf(parameters, 'mode')?.replaceAll('"', '')),
		source: nonEmpty(parameterOf(parameters, 'source')),
		destination: nonEmpty(parameterOf(parameters, 'destination')),
	};
};

/** `4-5`; a lone `4` means that RTCP has the next number. */
const parsePair = (text: string | undefined, max: number): Pair | undefined => {
	const [left, right] = (text ?? '').split('-');
	const first = parseNumber(left, max);
	if (first === undefined) return undefined;
	const next = parseNumber(right, max) ?? first + 1;
	return [first, Math.min(next, max)];
};

/** Hexadecimal by the RFC. */
const parseSsrc = (text: string | undefined): number | undefined =>
	text !== undefined && /^\s*(?:0x)?[0-9a-f]{1,8}\s*$/i.test(text)
		? Number.parseInt(text, 16)
		: undefined;

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

const optional = (key: string, value: string | undefined): Parameter[] =>
	value === undefined ? [] : [{key, value}];
