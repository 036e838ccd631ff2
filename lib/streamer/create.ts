// The streamer's composition root: what INPUT and OUTPUT stand for is put together here.
import type {Logger} from 'pino';
import {MediaError} from '../errors.ts';
import {createClock} from '../media/clock.ts';
import type {Clock} from '../media/clock.ts';
import type {OpenSource} from '../media/source.ts';
import {openNative} from '../native/native.ts';
import type {Native, NativeStream} from '../native/native.ts';
import {createLogger} from '../observe/logger.ts';
import {createRtmpSource} from '../protocols/rtmp/pull.ts';
import {StreamMetadata} from '../protocols/rtmp/stream-metadata.ts';
import {createRtspSource} from '../protocols/rtsp/pull.ts';
import {createTestSource} from '../protocols/test/pull.ts';
import {startRelay} from './engine.ts';
import {Fmp4FolderOutput} from './hls-folder.ts';
import {HubInput} from './hub-input.ts';
import {DirectInput} from './input.ts';
import type {StreamerInput} from './input.ts';
import {checkOptions} from './options.ts';
import type {Order, StreamerOptions} from './options.ts';
import {FileOutput, PeerOutput, TsFolderOutput} from './output.ts';
import type {StreamerOutput} from './output.ts';
import {Streamer} from './streamer.ts';

/**
 * Starts to move a stream; resolves when input and output are being opened. Options that make no sense, a folder that
 * is not there and an address that is taken reject with a MediaError, and nothing has been started.
 */
export const createStreamer = async (
	options: StreamerOptions & {logger?: Logger},
): Promise<Streamer> => {
	const order = checkOptions(options);
	if (!order.ok) throw new MediaError('STREAMER_INVALID', capital(order.reason));
	const native = openNative();
	const {logger = createLogger({level: 'silent'})} = options;
	const clock = createClock(native);
	const streamer = new Streamer({
		order: order.value,
		start: (recipe, input) => startRelay(recipe, input, native),
		openInput: () => openInput(order.value, {native, clock, logger}),
		output: makeOutput(order.value, native),
		openHttp: httpOpener(order.value, {native, logger}),
		release: () => native.close(),
		clock,
		random: Math.random,
	});
	try {
		await streamer.open();
	} catch (error) {
		native.close();
		throw error;
	}
	return streamer;
};

type Ground = {native: Native; clock: Clock; logger: Logger};

const openInput = ({input}: Order, ground: Ground): StreamerInput => {
	switch (input.type) {
		case 'file':
			return new DirectInput({type: 'uri', uri: input.uri, live: false});
		case 'uri':
			return new DirectInput(input);
		case 'rtsp':
		case 'rtmp':
			return new HubInput({
				...hubOptions(ground, {openSource: peers[input.type](ground.native), source: input.url}),
				instead: {type: 'uri', uri: input.url, live: true},
			});
		case 'test':
			return new HubInput(
				hubOptions(ground, {openSource: createTestSource(ground.native), source: input.source}),
			);
		default:
			return input satisfies never;
	}
};

const peers = {
	rtsp: createRtspSource,
	rtmp: (native: Native) => createRtmpSource(native, new StreamMetadata()),
};

const settings = {
	rtspTransport: 'tcp',
	rtspEngine: 'native',
	rtspUDPSourcePortRange: [],
	rtspUDPReadBufferSize: 0,
	rtspMulticastInterface: '',
	rtspWebSocketPath: '/',
	sourceFingerprint: '',
	readTimeoutMs: 10_000,
} as const;

const hubOptions = (
	{native, clock, logger}: Ground,
	{openSource, source}: {openSource: OpenSource; source: string},
) => ({
	native,
	openSource: (stream: NativeStream, path: string) =>
		openSource({path, source, settings, stream, logger}),
	readTimeoutMs: settings.readTimeoutMs,
	clock,
	random: Math.random,
});

const makeOutput = ({input, output, hls}: Order, native: Native): StreamerOutput => {
	switch (output.type) {
		case 'file':
			return new FileOutput({
				...output,
				input: input.type === 'file' ? input.location : undefined,
			});
		case 'hls':
			return hls === 'fmp4'
				? new Fmp4FolderOutput(native, output.location)
				: new TsFolderOutput(output.location);
		case 'rtmp':
		case 'rtsp':
		case 'srt':
			return new PeerOutput(output);
		default:
			return output satisfies never;
	}
};

/** Loaded only where it is asked for: Koa costs time and memory. */
const httpOpener = ({http, output}: Order, {native, logger}: Omit<Ground, 'clock'>) =>
	http &&
	(async (streamer: Streamer) => {
		const playlist = output.type === 'hls' ? output.location : undefined;
		const {openHttp} = await import('./http.ts');
		return openHttp(streamer, {address: http, native, playlist, logger});
	});

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
