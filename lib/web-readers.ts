// What reads paths over HTTP, in the order in which it is asked.
import {hlsVariantOf} from './config/hls-variant.ts';
import type {Config} from './config/schema.ts';
import type {ReadAccess} from './http/access.ts';
import type {HttpHandler} from './http/handler.ts';
import type {Delivery} from './media/delivery.ts';
import type {ReaderFacts} from './media/reader-facts.ts';
import {PlayableStreams} from './media/playable-streams.ts';
import type {Native} from './native/native.ts';
import {createHlsReader} from './protocols/hls/read.ts';
import type {HlsReader} from './protocols/hls/read.ts';
import {createLiveReader} from './protocols/mse/read.ts';
import {createFlvReader} from './protocols/rtmp/read-http.ts';
import type {StreamMetadata} from './protocols/rtmp/stream-metadata.ts';
import {createSnapshotReader} from './protocols/snapshot/read.ts';
import type {Logger} from 'pino';

export type WebReadersOptions = {
	native: Native;
	delivery: Delivery;
	access: ReadAccess;
	metadata: StreamMetadata;
	settings: () => Config;
	logger: Logger;
};

export type WebReaders = {
	readonly hls: HlsReader;
	readonly handlers: readonly HttpHandler[];
	/** Of media, by path; one map for each protocol. */
	bytesSent(): ReadonlyMap<string, number>[];
	readers(): ReaderFacts[];
	close(): Promise<void>;
};

export const createWebReaders = (options: WebReadersOptions): WebReaders => {
	const {native, settings, logger} = options;
	const playables = new PlayableStreams(native, logger);
	const variant = (path: string) => hlsVariantOf(settings(), path);
	const hls = createHlsReader({...options, playables, variant});
	const snapshots = createSnapshotReader(options);
	const flv = createFlvReader(options);
	const live = createLiveReader({...options, playables});
	const handlers = [hls, snapshots, flv, live];
	return {
		hls,
		handlers,
		bytesSent: () => [hls.facts().bytesSent, flv.bytesSent(), live.bytesSent()],
		readers: () => [hls, flv, live].flatMap(reader => reader.readers()),
		close: async () => {
			await Promise.all(handlers.map(async handler => handler.close()));
		},
	};
};
