import {isDeepStrictEqual} from 'node:util';
import type {Config, PathConfig} from '../config/schema.ts';
import type {StreamSpec} from '../native/binding.ts';
import type {SourceSettings} from './source.ts';

/** What a path needs of its configuration; times in milliseconds, sizes in bytes, as everywhere. */
export type PathSettings = SourceSettings & {
	/** A URL, `test:...`, `gstreamer:` with a launch line, or `publisher`. Never logged: it may hold a password. */
	source: string;
	sourceOnDemand: boolean;
	sourceOnDemandStartTimeout: number;
	sourceOnDemandCloseAfter: number;
	/** Bits per second; 0 = as many as come. */
	maxIngestBitrate: number;
	/** 0 = as many as come. */
	maxReaders: number;
	/** How long readers stay after the last frame of a source that is lost. */
	sourceHold: number;
	/** A second publisher takes the place of the first. */
	overridePublisher: boolean;
	/** How long readers stay when the publisher is gone. */
	publisherGrace: number;
	ringMaxSize: number;
	ringMaxAge: number;
	/** What becomes of pictures that miss a piece. */
	lossPolicy: 'drop' | 'pass';
};

/** What the configuration says of a path. */
export type PathPlace = {
	/** The key of the configuration that it comes from. */
	confName: string;
	/** True: made by a reader from a pattern, so nothing but readers keeps its source running. */
	passing: boolean;
	settings: PathSettings;
};

/** The settings of one path of a configuration. */
export const pathSettings = (path: PathConfig, config: Config): PathSettings => ({
	source: path.source,
	sourceOnDemand: path.sourceOnDemand,
	sourceOnDemandStartTimeout: path.sourceOnDemandStartTimeout,
	sourceOnDemandCloseAfter: path.sourceOnDemandCloseAfter,
	maxIngestBitrate: path.maxIngestBitrate,
	maxReaders: path.maxReaders,
	sourceHold: path.sourceHold,
	overridePublisher: path.overridePublisher,
	publisherGrace: path.publisherGrace,
	ringMaxSize: path.ringMaxSize,
	ringMaxAge: path.ringMaxAge,
	lossPolicy: path.lossPolicy,
	rtspTransport: path.rtspTransport,
	rtspEngine: path.rtspEngine,
	rtspUDPSourcePortRange: path.rtspUDPSourcePortRange,
	rtspUDPReadBufferSize: config.rtspUDPReadBufferSize,
	rtspMulticastInterface: path.rtspMulticastInterface,
	sourceFingerprint: path.sourceFingerprint,
	rtspWebSocketPath: path.rtspWebSocketPath,
	readTimeoutMs: config.readTimeout,
});

/** The stream of a path. */
export const streamSpec = (
	path: string,
	{ringMaxSize, ringMaxAge, lossPolicy}: PathSettings,
): Omit<StreamSpec, 'domain'> => ({
	path,
	ringMaxBytes: ringMaxSize,
	ringMaxAgeUs: ringMaxAge * 1000,
	passDamaged: lossPolicy === 'pass',
});

/** True: a source that runs with `before` must be made anew to run with `after`. */
export const needsNewSource = (before: PathSettings, after: PathSettings): boolean =>
	!isPublished(after) && sourceKeys.some(key => !isDeepStrictEqual(before[key], after[key]));

/** True: it has no source but who publishes to it. */
export const isPublished = ({source}: Pick<PathSettings, 'source'>): boolean =>
	source === 'publisher';

/** True: nothing that a path looks at has changed. */
export const isSameSettings = (before: PathSettings, after: PathSettings): boolean =>
	isDeepStrictEqual(before, after);

const sourceKeys = [
	'source',
	'rtspTransport',
	'rtspEngine',
	'rtspUDPSourcePortRange',
	'rtspMulticastInterface',
	'sourceFingerprint',
	'rtspWebSocketPath',
] as const;
