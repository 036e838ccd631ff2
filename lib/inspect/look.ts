import {once} from 'node:events';
import type {Logger} from 'pino';
import {MediaError} from '../errors.ts';
import type {RtpTrackSpec} from '../native/binding.ts';
import type {Ingest, Native, NativeStream} from '../native/native.ts';
import {openWatchedRtspSource} from '../protocols/rtsp/pull.ts';
import {parseRtspUrl, portOf} from '../protocols/rtsp/url.ts';
import {Inspection} from './inspection.ts';
import type {Report} from './report.ts';

export type LookOptions = {
	native: Native;
	url: string;
	/** From the first packet on. */
	durationMs: number;
	/** How many packets, and how many frames, are listed. */
	rows: number;
	/** Of the certificate that the camera has to show; empty = one of a known authority. */
	fingerprint: string;
	logger: Logger;
	/** Ends the look; what was seen so far is told. */
	signal: AbortSignal;
};

export type Look = {
	report: Report;
	/** Why there is no more; undefined when the time was over or the signal came. */
	failure: MediaError | undefined;
};

/** How long an answer, or the next byte, may take. */
const readTimeoutMs = 10_000;

/** TCP loses nothing: what is missing was never sent. */
const settings = {
	rtspTransport: 'tcp',
	rtspEngine: 'native',
	rtspUDPSourcePortRange: [],
	rtspUDPReadBufferSize: 0,
	rtspMulticastInterface: '',
	rtspWebSocketPath: '/',
	readTimeoutMs,
} as const;

/**
 * Pulls a camera's stream for a while and tells what came. Rejects only for what is no RTSP URL; a
 * camera that fails is a report with less in it.
 */
export const look = async (options: LookOptions): Promise<Look> => {
	const {native, url, rows, signal, durationMs} = options;
	const parsed = parseRtspUrl(url);
	if (!parsed.ok) throw new MediaError('CONFIG_INVALID', `Source is no RTSP URL: ${parsed.reason}`);
	const {host, isTls} = parsed.value;
	const inspection = new Inspection({
		...{url, host, port: portOf(parsed.value), tls: isTls, rows},
		startedAt: new Date(),
	});
	const stream = native.openStream({path: 'inspected', ringMaxBytes: 1, ringMaxAgeUs: 1});
	try {
		const {failure, endedUs} = await watch({...options, stream, inspection, signal, durationMs});
		const ended = failure ? {code: failure.code, message: failure.message} : null;
		const report = inspection.read({ended, endedUs, resyncs: stream.stats()?.resyncs ?? 0});
		return {report, failure};
	} finally {
		const closed = once(stream, 'closed');
		stream.close();
		await closed;
	}
};

/** `endedUs`: when it failed, or was let go. */
type End = {failure: MediaError | undefined; endedUs: number};

type WatchOptions = LookOptions & {stream: NativeStream; inspection: Inspection};

/** Until the camera fails, time is over or the signal comes. */
const watch = async (options: WatchOptions): Promise<End> => {
	const {native, url, fingerprint, inspection, logger, signal} = options;
	const source = openWatchedRtspSource({
		path: 'inspected',
		source: url,
		settings: {...settings, sourceFingerprint: fingerprint},
		binder: options.native,
		stream: {
			openIngest: tracks => openIngest(options, tracks, startTimer),
			stats: () => options.stream.stats(),
		},
		logger,
		onExchange: exchange => inspection.addExchange(exchange),
	});
	let failure: MediaError | undefined;
	let timer: NodeJS.Timeout | undefined;
	let endedUs: number | undefined;
	const end = () => (endedUs ??= native.nowUs());
	const close = () => {
		end();
		source.close();
	};
	function startTimer(): void {
		timer ??= setTimeout(close, options.durationMs);
	}
	source.once('failed', error => {
		end();
		failure = error;
	});
	const stopped = once(source, 'stopped');
	signal.addEventListener('abort', close, {once: true});
	if (signal.aborted) close();
	await stopped;
	signal.removeEventListener('abort', close);
	clearTimeout(timer);
	return {failure, endedUs: end()};
};

/** An ingest that tells the inspection all it has; the first packet starts the time. */
const openIngest = (
	{stream, inspection}: WatchOptions,
	tracks: RtpTrackSpec[],
	started: () => void,
): Ingest => {
	inspection.begin(tracks);
	const ingest = stream.openIngest(tracks, {inspect: true});
	ingest.on('inspected', event => {
		inspection.add(event);
		if (inspection.hasPackets) started();
	});
	return ingest;
};
