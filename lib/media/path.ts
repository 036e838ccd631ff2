import {EventEmitter} from 'node:events';
import type {Logger} from 'pino';
import {MediaError} from '../errors.ts';
import type {ErrorCode} from '../errors.ts';
import type {StreamSpec, TrackInfo} from '../native/binding.ts';
import {isHopeless} from './back-off.ts';
import {Alarm} from './clock.ts';
import type {Clock} from './clock.ts';
import {describeTracks} from './describe-tracks.ts';
import type {PathFacts, PathState} from './facts.ts';
import type {ControlMessage, ReaderInfo} from './messages.ts';
import {makePathFacts} from './path-facts.ts';
import {PathFeed} from './path-feed.ts';
import type {PathStream} from './path-feed.ts';
import {tellState} from './path-log.ts';
import {PathReaders} from './path-readers.ts';
import {needsNewSource} from './path-settings.ts';
import type {PathPlace, PathSettings} from './path-settings.ts';
import {pathAnswers, pathSteps} from './path-states.ts';
import type {PathAction, PathEvent} from './path-states.ts';
import type {Source} from './source.ts';

/** A source that never delivered is failed after so many failed tries. */
const triesUntilFailed = 3;
/** For how long a path that exists for its readers only remembers its failure, at least. */
const restMs = 15_000;

export type PathEvents = {
	/** Media flows from now on. */
	ready: [];
	/** Nobody needs it: a path that exists for its readers only may be forgotten. */
	idle: [];
	/** After `close()`: its source has said goodbye and its stream is gone. */
	closed: [];
};

export type PathOptions = {
	name: string;
	place: PathPlace;
	openStream: (spec: Omit<StreamSpec, 'domain'>) => PathStream;
	openSource: (options: PathSourceOptions) => Source;
	post: (message: ControlMessage) => void;
	clock: Clock;
	random: () => number;
	logger: Logger;
};

export type PathSourceOptions = {
	path: string;
	settings: PathSettings;
	stream: PathStream;
	logger: Logger;
};

/** One path: it finds out what happens to its source and readers, and does what path-states.ts says. */
export class Path extends EventEmitter<PathEvents> {
	readonly name: string;
	readonly #options: PathOptions;
	readonly logger: Logger;
	readonly #readers: PathReaders;
	readonly #feed: PathFeed;
	/** Start timeout while starting, end of the hold while reconnecting, rest while failed. */
	readonly #deadline: Alarm;
	readonly #closeAfter: Alarm;
	#place: PathPlace;
	#state: PathState = 'idle';
	#triesFailed = 0;
	#readySince: Date | undefined;
	#reconnects = 0;
	#isLost = false;
	#lastError: MediaError | undefined;
	/** What readers are told who are sent away. */
	#verdict: MediaError | undefined;
	#closing = false;

	constructor(options: PathOptions) {
		super();
		const {name, clock, random} = options;
		this.name = name;
		this.#options = options;
		this.#place = options.place;
		this.logger = options.logger.child({path: name});
		this.#readers = new PathReaders(options.post);
		this.#deadline = new Alarm(clock);
		this.#closeAfter = new Alarm(clock);
		this.#feed = new PathFeed({
			openStream: () => options.openStream(this.#streamSpec()),
			openSource: stream =>
				options.openSource({path: name, settings: this.#settings, stream, logger: this.logger}),
			readTimeoutMs: () => this.#settings.readTimeoutMs,
			clock,
			random,
			logger: this.logger,
		});
		this.#feed.on('delivered', () => this.#take('delivered'));
		this.#feed.on('lost', error => this.#lost(error));
		this.#feed.on('epoch', tracks => this.#epoch(tracks));
		this.#feed.on('gone', () => this.#closing && this.#finish());
	}

	get #settings(): PathSettings {
		return this.#place.settings;
	}

	get place(): PathPlace {
		return this.#place;
	}

	get state(): PathState {
		return this.#state;
	}

	/** Its source runs for readers only. */
	get isOnDemand(): boolean {
		return this.#settings.sourceOnDemand || this.#place.passing;
	}

	get isEmpty(): boolean {
		return this.#readers.isEmpty;
	}

	/** Starts a static source; an on-demand one waits for its first reader. */
	open(): void {
		this.#wake();
	}

	/** Answers through `post`, now or when the source has delivered or failed. */
	join(reader: ReaderInfo): void {
		const refusal = this.#refusal(reader);
		if (refusal) return this.#readers.refuse(reader, refusal);
		if (this.#feed.stream !== undefined && this.#isOpen()) {
			this.#readers.admit(reader, this.#feed.stream, this.#feed.tracks);
		} else {
			this.#readers.wait(reader);
			this.#take('needed');
		}
		this.#checkNeed();
	}

	/** Unknown readers are ignored. */
	leave(reader: string): void {
		if (this.#readers.leave(reader)) this.#checkNeed();
	}

	/** Takes no media until `play()`; readers stay. */
	pause(): void {
		this.#take('pause');
	}

	play(): void {
		this.#take(this.#feed.delivers ? 'play' : 'restart');
	}

	/** Stops the source and ends its readers, until `play()`. */
	exit(): void {
		this.#verdict = this.#error('PATH_PAUSED', 'was stopped by its operator');
		this.#take('exit');
	}

	/** Settings of a reload; a source that they do not concern goes on undisturbed. */
	update(place: PathPlace): void {
		const before = this.#settings;
		this.#place = place;
		if (needsNewSource(before, place.settings)) this.#replaceSource();
		if (this.#state === 'failed') this.#rest();
		this.#wake();
		this.#checkNeed();
	}

	/** Ends its readers with the reason given; `closed` follows. May be called twice. */
	close(reason = this.#error('PATH_NOT_FOUND', 'was removed')): void {
		if (this.#closing) return;
		this.#closing = true;
		this.#deadline.cancel();
		this.#closeAfter.cancel();
		this.#verdict = reason;
		this.#dismiss();
		this.#feed.stop();
		this.#feed.release();
	}

	facts(): PathFacts {
		const feed = this.#feed;
		return makePathFacts({
			name: this.name,
			confName: this.#place.confName,
			source: feed.isRunning ? this.#settings.source : undefined,
			state: this.#state,
			readySince: this.#readySince,
			tracks: feed.tracks,
			readers: this.#readers.admitted,
			error:
				this.#state === 'failed' || this.#state === 'reconnecting' ? this.#lastError : undefined,
			stats: feed.stats,
			speeds: feed.meter.read(),
			reconnects: this.#reconnects,
		});
	}

	#refusal(reader: ReaderInfo): MediaError | undefined {
		const {maxReaders, source} = this.#settings;
		if (this.#closing) return this.#error('PATH_NOT_FOUND', 'was removed');
		if (reader.counted && maxReaders > 0 && this.#readers.counted >= maxReaders) {
			return this.#error('PATH_TOO_MANY_READERS', `has its ${maxReaders} readers already`);
		}
		if (this.#isOpen()) return undefined;
		const answer = pathAnswers[this.#state];
		if (answer === 'paused') return this.#error('PATH_PAUSED', 'is paused by its operator');
		if (answer === 'failure' && !this.#mayStartAgain(reader)) return this.#verdict;
		if (!reader.start || source === 'publisher') {
			return this.#error('PATH_NOT_READY', 'has no stream at the moment');
		}
		return undefined;
	}

	/** Readers are let in at once: media flows, or has flowed before it was paused. */
	#isOpen(): boolean {
		if (this.#state === 'paused') return this.#feed.tracks.length > 0;
		return pathAnswers[this.#state] === 'admit';
	}

	/** A reader starts a failed on-demand source again, unless the pause due is longer than readers wait. */
	#mayStartAgain(reader: ReaderInfo): boolean {
		const {sourceOnDemandStartTimeout} = this.#settings;
		return reader.start && this.isOnDemand && this.#feed.pauseLeftMs <= sourceOnDemandStartTimeout;
	}

	/** Does what the table says for `event`; nothing where it says nothing. */
	#take(event: PathEvent): void {
		const step = this.#closing ? undefined : pathSteps[this.#state][event];
		if (!step) return;
		const before = this.#state;
		this.#state = step.to;
		if (before !== step.to) this.#entered(before);
		for (const action of step.act) this.#actions[action]();
		this.#checkNeed();
		if (this.#state === 'idle') this.emit('idle');
		if (this.#state === 'ready' && before !== 'ready') this.emit('ready');
	}

	readonly #actions: Record<PathAction, () => void> = {
		start: () => this.#start(),
		stop: () => this.#feed.stop(),
		admit: () => this.#letIn(),
		dismiss: () => this.#dismiss(),
		refuse: () =>
			this.#readers.refuseWaiting(this.#error('PATH_PAUSED', 'is paused by its operator')),
		hold: () => this.#hold(),
		rest: () => this.#rest(),
		mute: () => this.#feed.pause(),
		unmute: () => this.#feed.play(),
		release: () => this.#release(),
		wake: () => this.#wake(),
		replace: () => {
			this.#feed.stop();
			this.#feed.start();
		},
	};

	#entered(before: PathState): void {
		this.#deadline.cancel();
		if (this.#state === 'ready') {
			if (this.#isLost) this.#reconnects++;
			this.#readySince ??= new Date(this.#options.clock.now());
		} else if (this.#state !== 'reconnecting' && this.#state !== 'paused') {
			this.#readySince = undefined;
		}
		if (this.#state === 'reconnecting') this.#isLost = true;
		else if (this.#state !== 'failed') this.#isLost = false;
		const error = this.#lastError;
		tellState(this.logger, {before, now: this.#state, tracks: this.#feed.tracks, error});
	}

	#start(): void {
		this.#triesFailed = 0;
		const pauseMs = this.#feed.pauseLeftMs;
		this.#feed.start();
		this.#deadline.set(pauseMs + this.#settings.sourceOnDemandStartTimeout, () => this.#late());
	}

	/** Tells apart a source that cannot be reached from one that sends no key frame. */
	#late(): void {
		const seconds = this.#settings.sourceOnDemandStartTimeout / 1000;
		const timeout = this.#feed.isConnected
			? this.#error(
					'PATH_TIMEOUT',
					`is connected to its source, but no key frame came in ${seconds} s`,
				)
			: undefined;
		const silence = new MediaError('SOURCE_SILENT', `Source did not answer in ${seconds} s`);
		const error = timeout ?? this.#lastError ?? silence;
		if (this.isOnDemand) this.#feed.countFailure(error);
		this.#giveUp(error, timeout);
	}

	#giveUp(error: MediaError, verdict = this.#failure(error)): void {
		this.#lastError = error;
		this.#verdict = verdict;
		this.#take('gaveUp');
	}

	#lost(error: MediaError): void {
		this.#lastError = error;
		if (this.#state === 'starting') {
			this.#triesFailed++;
			this.logger.debug({code: error.code}, `try ${this.#triesFailed} failed: ${error.message}`);
			if (this.#triesFailed >= triesUntilFailed || isHopeless(error)) this.#giveUp(error);
			return;
		}
		if (this.#state === 'failed') this.#verdict = this.#failure(error);
		this.#take('lost');
	}

	#failure({code, message}: MediaError): MediaError {
		return this.#error('PATH_FAILED', `has no source: ${message}`, {reason: code});
	}

	#epoch(tracks: TrackInfo[]): void {
		this.#readers.tellEpoch(tracks);
		if (this.#state === 'ready') this.logger.info(`tracks changed: ${describeTracks(tracks)}`);
	}

	#letIn(): void {
		this.#lastError = undefined;
		if (this.#feed.stream !== undefined) {
			this.#readers.admitWaiting(this.#feed.stream, this.#feed.tracks);
		}
	}

	#dismiss(): void {
		const verdict = this.#verdict ?? this.#error('PATH_NOT_READY', 'has no stream at the moment');
		this.#readers.refuseWaiting(verdict);
		this.#readers.endAll(verdict);
	}

	#hold(): void {
		const endMs = this.#feed.lastFrameMs + this.#settings.sourceHold;
		this.#deadline.set(endMs - this.#options.clock.now(), () => {
			const gone = new MediaError('SOURCE_SILENT', 'Source is gone');
			this.#giveUp(this.#lastError ?? gone);
		});
	}

	#rest(): void {
		if (!this.isOnDemand) return;
		this.#feed.stop();
		this.#release();
		if (!this.#place.passing) return;
		this.#deadline.set(Math.max(restMs, this.#feed.pauseLeftMs), () => this.#take('rested'));
	}

	#release(): void {
		if (this.#readers.admitted.length === 0) this.#feed.release();
	}

	#wake(): void {
		if (this.#settings.source === 'publisher') return;
		const isTried = this.#feed.isRunning;
		if (this.isOnDemand ? this.#state === 'idle' && this.#readers.holding : !isTried) {
			this.#take('needed');
		}
	}

	#replaceSource(): void {
		this.#feed.forgive();
		this.#lastError = undefined;
		this.#take('replaced');
	}

	/** Begins or ends the time after which an on-demand source that nobody holds is stopped. */
	#checkNeed(): void {
		const isIdle = this.#state === 'idle' || this.#state === 'failed' || this.#state === 'stopped';
		if (!this.isOnDemand || this.#readers.holding || isIdle || this.#closing) {
			return this.#closeAfter.cancel();
		}
		if (this.#closeAfter.isSet || !this.#feed.isRunning) return;
		this.#closeAfter.set(this.#settings.sourceOnDemandCloseAfter, () => {
			this.#verdict = this.#error('PATH_NOT_READY', 'was stopped: nobody held it');
			this.#take('unneeded');
		});
	}

	#finish(): void {
		this.#feed.removeAllListeners();
		this.emit('closed');
	}

	#streamSpec(): Omit<StreamSpec, 'domain'> {
		const {ringMaxSize, ringMaxAge} = this.#settings;
		return {path: this.name, ringMaxBytes: ringMaxSize, ringMaxAgeUs: ringMaxAge * 1000};
	}

	#error(code: ErrorCode, what: string, context: Record<string, unknown> = {}): MediaError {
		return new MediaError(code, `Path ${this.name} ${what}`, {path: this.name, ...context});
	}
}
