import {existsSync} from 'node:fs';
import {parseDuration} from '../util/duration.ts';
import {parseAddress} from '../util/address.ts';
import type {Address} from '../util/address.ts';
import {parsed, unparsed} from '../util/parsed.ts';
import type {Parsed} from '../util/parsed.ts';
import {isSamePlace, parseInput, parseOutput} from './endpoints.ts';
import type {Input, Output} from './endpoints.ts';
import {isSegmentOf} from './hls-names.ts';
import type {HlsVariant} from './hls-names.ts';

/** What the command line says, and a program in its place. */
export type StreamerOptions = {
	/** A file, or a URL; the test picture unless given. */
	input?: string | undefined;
	/** Where to: a URL, or a file whose name says the format. */
	output: string;
	/** Waits for `play`. */
	paused?: boolean | undefined;
	/** Ends after so much media: `10s`, `1m30s`. */
	duration?: string | undefined;
	/** A file again and again. */
	loop?: boolean | undefined;
	/** Tries what is lost again and again. */
	reconnect?: boolean | undefined;
	/** Of an output that ends with `.m3u8`; MPEG-TS unless given. */
	hls?: string | undefined;
	/** Where to listen for commands: `:9000` is this machine only, `0.0.0.0:9000` every address. */
	http?: string | undefined;
};

/** Options that make sense, in the units of the inside. */
export type Order = {
	input: Input;
	inputText: string;
	output: Output;
	outputText: string;
	paused: boolean;
	/** 0 = all. */
	durationUs: number;
	loop: boolean;
	reconnect: boolean;
	hls: HlsVariant;
	http: Address | undefined;
};

/** Says in one sentence what is wrong with the options, if anything is. */
export const checkOptions = (options: StreamerOptions): Parsed<Order> => {
	const {input: inputText = 'test:', output: outputText} = options;
	const input = parseInput(inputText);
	if (!input.ok) return input;
	const output = parseOutput(outputText);
	if (!output.ok) return output;
	const values = readValues(options);
	if (!values.ok) return values;
	const order = {
		...{input: input.value, inputText, output: output.value, outputText},
		...{paused: options.paused ?? false, loop: options.loop ?? false},
		...{reconnect: options.reconnect ?? false, ...values.value},
	};
	const reason = contradictionOf(order, options);
	return reason === undefined ? parsed(order) : unparsed(reason);
};

const readValues = ({
	duration,
	hls = 'mpegts',
	http,
}: StreamerOptions): Parsed<Pick<Order, 'durationUs' | 'hls' | 'http'>> => {
	const durationMs = duration === undefined ? 0 : (parseDuration(duration) ?? 0);
	if (duration !== undefined && durationMs < 1)
		return unparsed(`expected a duration such as 10s or 1m30s, got "${duration}"`);
	// MediaMTX and people say "ts" for it too.
	const variant = hls === 'ts' ? 'mpegts' : hls;
	if (variant !== 'fmp4' && variant !== 'mpegts')
		return unparsed(`expected fmp4 or mpegts for --hls, got "${hls}"`);
	const address = http === undefined ? undefined : readAddress(http);
	if (http !== undefined && !address)
		return unparsed(`expected an address such as :9000 or 0.0.0.0:9000 for --http, got "${http}"`);
	return parsed({durationUs: Math.round(durationMs * 1000), hls: variant, http: address});
};

/** Without a host it is this machine's own: whoever reaches it may steer. */
const readAddress = (text: string): Address | undefined =>
	parseAddress(text.startsWith(':') ? `127.0.0.1${text}` : text);

const contradictionOf = (
	{input, inputText, output, outputText, loop, hls: variant}: Order,
	{input: givenInput, hls}: StreamerOptions,
): string | undefined => {
	// Somebody forgot the OUTPUT, and would lose the film.
	if (givenInput === undefined && 'location' in output && existsSync(output.location))
		return `expected INPUT and OUTPUT, since ${outputText} is there; INPUT test: replaces it with a test picture`;
	if (isSamePlace(input, output)) return 'expected an OUTPUT other than the INPUT';
	if (input.type === 'file' && output.type === 'hls')
		if (isSegmentOf(input.location, output.location, variant))
			return 'expected an INPUT that is no segment of the OUTPUT';
	if (loop && input.type !== 'file')
		return `expected a file as INPUT with --loop, got ${kindOf(inputText)}`;
	if (hls !== undefined && output.type !== 'hls')
		return 'expected an OUTPUT that ends with .m3u8 with --hls';
	return undefined;
};

const kindOf = (text: string): string => text.replace(/^([^:]*:(?:\/\/)?)[^]*$/, '$1');
