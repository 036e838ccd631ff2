import {once} from 'node:events';
import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import type {MediaError} from '../../lib/errors.ts';
import type {OpenSource, Source, SourceSettings} from '../../lib/media/source.ts';
import type {EventOf, StreamStats} from '../../lib/native/binding.ts';
import type {NativeStream} from '../../lib/native/native.ts';
import {createRtspSource, openWatchedRtspSource} from '../../lib/protocols/rtsp/pull.ts';
import type {UnitEvent} from '../../lib/native/inspected.ts';
import {startNative} from './native.ts';
import type {ScriptedCamera} from './scripted-camera.ts';
import {tcpSettings} from './source-settings.ts';

export type Pull = {
	source: Source;
	stream: NativeStream;
	epochs: EventOf<'epoch'>[];
	stats: () => StreamStats;
	/** Everything that was logged, as one text. */
	log: () => string;
	/** Why it failed, once it has stopped. */
	failure: () => Promise<MediaError | undefined>;
	/** Closes it and waits for its last event. */
	close: () => Promise<void>;
};

/** A camera's stream pulled into native code. */
export const startPull = (
	t: ExecutionContext,
	url: string,
	settings: Partial<SourceSettings> = {},
	openSource?: OpenSource,
): Pull => {
	const lines: string[] = [];
	const logger = pino({level: 'trace'}, {write: line => lines.push(line)});
	const native = startNative(t);
	const stream = native.openStream({
		path: 'cam',
		ringMaxBytes: 20_000_000,
		ringMaxAgeUs: 30_000_000,
	});
	t.teardown(() => stream.close());
	const epochs: EventOf<'epoch'>[] = [];
	stream.on('epoch', epoch => epochs.push(epoch));
	const source = (openSource ?? createRtspSource(native))({
		path: 'cam',
		source: url,
		settings: {
			...tcpSettings,
			...settings,
		},
		stream,
		logger,
	});
	let error: MediaError | undefined;
	source.once('failed', failed => (error = failed));
	const stopped = once(source, 'stopped');
	const failure = async () => {
		await stopped;
		return error;
	};
	const close = async () => {
		source.close();
		await stopped;
	};
	t.teardown(close);
	return {
		source,
		stream,
		epochs,
		stats: () => stream.stats()!,
		log: () => lines.join(''),
		failure,
		close,
	};
};

/** The same, with every access unit that comes out; its times are of the source. */
export const startWatchedPull = (
	t: ExecutionContext,
	url: string,
	settings: Partial<SourceSettings> = {},
): Pull & {units: UnitEvent[]} => {
	const units: UnitEvent[] = [];
	const pull = startPull(t, url, settings, options => {
		const {stream} = options;
		const openIngest: NativeStream['openIngest'] = (tracks, more) => {
			const ingest = stream.openIngest(tracks, {...more, inspect: true});
			return ingest.on('inspected', event => event.type === 'unit' && units.push(event));
		};
		const watched = {openIngest, stats: () => stream.stats()};
		return openWatchedRtspSource({...options, binder: startNative(t), stream: watched});
	});
	return {...pull, units};
};

/** Until so many pictures and sounds have come out, and we were told of which tracks; the camera's pictures are the clock. */
export const untilFrames = async (
	camera: ScriptedCamera,
	pull: Pull,
	frames = 40,
): Promise<void> => {
	const {source, stats, epochs} = pull;
	const isOver = new Promise<never>((_, reject) => source.once('failed', reject));
	await Promise.race([
		isOver,
		camera.untilPicture(() => epochs.length > 0 && stats().frames >= frames),
	]);
};
