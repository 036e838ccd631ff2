import {EventEmitter} from 'node:events';
import type {Logger} from 'pino';
import {MediaError} from '../errors.ts';
import type {ErrorCode} from '../errors.ts';
import type {TrackInfo} from '../native/binding.ts';
import {isHopeless} from './back-off.ts';
import {Alarm} from './clock.ts';
import {describeTracks} from './describe-tracks.ts';
import type {PathFacts, PathState} from './facts.ts';
import type {PublisherInfo, ReaderInfo} from './messages.ts';
import {makePathFacts, sourceFacts} from './path-facts.ts';
import {PathFeed} from './path-feed.ts';
import type {PathStream} from './path-feed.ts';
import {PathHistory} from './path-history.ts';
import {tellState} from './path-log.ts';
import {PathPublisher} from './path-publisher.ts';
import {PathReaders} from './path-readers.ts';
import {isOpen, pathError, publisherRefusal, readerRefusal} from './path-rules.ts';
import type {PathSituation} from './path-rules.ts';
import {isPublished, needsNewSource, streamSpec} from './path-settings.ts';
import type {PathPlace, PathSettings} from './path-settings.ts';
import type {PathEvents, PathOptions} from './path-options.ts';
import {pathSteps} from './path-states.ts';
import type {PathAction, PathEvent} from './path-states.ts';
import type {Source} from './source.ts';
import {usualSilenceMs} from './supply.ts';

/** A source that never delivered is failed after so many failed tries. */
const triesUntilFailed = 3;
/** For how long a path that exists for its readers only remembers its failure, at least. */
const restMs = 15_000;

/** One path: it finds out what happens to its source and readers, and does what path-states.ts says. */
export class Path extends EventEmitter<PathEvents> {
	readonly name: string;
	readonly #options: PathOptions;
	readonly logger: Logger;
	readonly #readers: PathReaders;
	readonly #publisher: PathPublisher;
	readonly #history = new PathHistory();
	readonly #feed: PathFeed;
	/** Start timeout while starting, end of the hold while reconnecting, rest while failed. */
	readonly #deadline: Alarm;
	readonly #closeAfter: Alarm;
	#place: PathPlace;
	#state: PathState = 'idle';
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
		this.#publisher = new PathPublisher(options.post);
		this.#deadline = new Alarm(clock);
		this.#closeAfter = new Alarm(clock);
		this.#feed = new PathFeed({
			openStream: () => options.openStream(streamSpec(name, this.#settings)),
			openSource: stream => this.#openSource(stream),
			maxBitsPerSecond: () => this.#settings.maxIngestBitrate,
			readTimeoutMs: () => this.#settings.readTimeoutMs,
			silenceMs: () => (this.#isPublished ? this.#settings.readTimeoutMs : usualSilenceMs),
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

	get #isPublished(): boolean {
		return isPublished(this.#settings);
	}

	/** Its source runs for readers only. */
	get isOnDemand(): boolean {
		return !this.#isPublished && (this.#settings.sourceOnDemand || this.#place.passing);
	}

	/** Neither readers nor a publisher are here. */
	get isEmpty(): boolean {
		return this.#readers.isEmpty && !this.#publisher.info;
	}

	/** Starts a static source; an on-demand one waits for its first reader. */
	open(): void {
		this.#wake();
	}

	/** Answers through `post`, now or when the source has delivered or failed. */
	join(reader: ReaderInfo): void {
		const refusal = readerRefusal(this.#situation, reader);
		if (refusal) return this.#readers.refuse(reader, refusal);
		if (this.#feed.stream !== undefined && isOpen(this.#situation)) {
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

	/** Answers through `post`: `rejected` now, or `published` when the stream is there for it. */
	publish(info: PublisherInfo): void {
		const refusal = publisherRefusal(this.#situation);
		if (refusal) return this.#publisher.refuse(info, refusal);
		this.#publisher.replace(info, this.#error('PATH_TAKEN', 'has another publisher now'));
		this.#feed.forgive();
		this.#tell(`${info.protocol} publisher comes in`, {peer: info.peer});
		this.#take('published');
	}

	/** It went away by itself; unknown publishers are ignored. */
	unpublish(publisher: string, why: MediaError): void {
		this.#publisher.leave(publisher, why);
	}

	/** Takes no media until `play()`; readers stay. */
	pause(): void {
		this.#take('pause');
	}

	play(): void {
		if (this.#feed.delivers) return this.#take('play');
		this.#take(this.#isPublished && this.#feed.tracks.length > 0 ? 'awaited' : 'restart');
	}

	/** Stops the source and ends its readers, until `play()`. */
	exit(): void {
		this.#verdict = this.#error('PATH_PAUSED', 'was stopped by its operator');
		this.#publisher.end(this.#verdict);
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
		this.#publisher.end(reason);
		this.#feed.stop();
		this.#feed.release();
	}

	facts(): PathFacts {
		const {isRunning, tracks, stats, meter} = this.#feed;
		const {readySince, reconnects, lastError} = this.#history;
		return makePathFacts({
			name: this.name,
			confName: this.#place.confName,
			source: sourceFacts(this.#settings, this.#publisher.info, isRunning),
			state: this.#state,
			readySince,
			tracks,
			readers: this.#readers.admitted,
			error: this.#state === 'failed' || this.#state === 'reconnecting' ? lastError : undefined,
			stats,
			speeds: meter.read(),
			reconnects,
		});
	}

	#openSource(stream: PathStream): Source {
		if (this.#isPublished) return this.#publisher.open(stream.id);
		const {name: path, logger} = this;
		return this.#options.openSource({path, settings: this.#settings, stream, logger});
	}

	get #situation(): PathSituation {
		return {
			name: this.name,
			state: this.#state,
			settings: this.#settings,
			isOnDemand: this.isOnDemand,
			isClosing: this.#closing,
			counted: this.#readers.counted,
			hasTracks: this.#feed.tracks.length > 0,
			hasPublisher: this.#publisher.info !== undefined,
			pauseLeftMs: this.#feed.pauseLeftMs,
			verdict: this.#verdict,
		};
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
		if (before !== step.to && this.#state === step.to) this.emit('state', step.to);
	}

	readonly #actions: Record<PathAction, () => void> = {
		start: () => this.#start(),
		stop: () => {
			this.#publisher.end(this.#error('PATH_PAUSED', 'is paused by its operator'));
			this.#feed.stop();
		},
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
		this.#history.enter(this.#state, this.#options.clock.now());
		const error = this.#history.lastError;
		const {name} = this;
		const loggers = {logger: this.logger, life: this.#options.life};
		tellState(loggers, {name, before, now: this.#state, tracks: this.#feed.tracks, error});
	}

	#start(): void {
		this.#history.triesFailed = 0;
		const pauseMs = this.#feed.pauseLeftMs;
		this.#feed.start();
		this.#deadline.set(pauseMs + this.#settings.sourceOnDemandStartTimeout, () => this.#late());
	}

	/** Tells apart a source that cannot be reached from one that sends no key frame. */
	#late(): void {
		const seconds = this.#settings.sourceOnDemandStartTimeout / 1000;
		const isSilent = this.#isPublished && this.#feed.tracks.length === 0;
		const what = isSilent
			? `has a publisher, but it sent no media in ${seconds} s`
			: `is connected to its source, but no key frame came in ${seconds} s`;
		const timeout = this.#feed.isConnected ? this.#error('PATH_TIMEOUT', what) : undefined;
		const silence = new MediaError('SOURCE_SILENT', `Source did not answer in ${seconds} s`);
		const error = timeout ?? this.#history.lastError ?? silence;
		if (this.isOnDemand) this.#feed.countFailure(error);
		this.#giveUp(error, timeout);
	}

	#giveUp(error: MediaError, verdict = this.#failure(error)): void {
		this.#history.lastError = error;
		this.#verdict = verdict;
		this.#take('gaveUp');
	}

	#lost(error: MediaError): void {
		this.#history.lastError = error;
		if (this.#isPublished) return this.#lostPublisher(error);
		if (this.#state === 'starting') {
			const failed = ++this.#history.triesFailed;
			this.logger.debug({code: error.code}, `try ${failed} failed: ${error.message}`);
			if (failed >= triesUntilFailed || isHopeless(error)) this.#giveUp(error);
			return;
		}
		if (this.#state === 'failed') this.#verdict = this.#failure(error);
		this.#take('lost');
	}

	#lostPublisher(error: MediaError): void {
		this.#publisher.end(error);
		this.#verdict = this.#error('PATH_NOT_READY', `has no publisher: ${error.message}`);
		this.#take('left');
	}

	#failure({code, message}: MediaError): MediaError {
		return this.#error('PATH_FAILED', `has no source: ${message}`, {reason: code});
	}

	#epoch(tracks: TrackInfo[]): void {
		this.#readers.tellEpoch(tracks);
		if (this.#state === 'ready') this.#tell(`tracks changed: ${describeTracks(tracks)}`);
	}

	#tell(text: string, fields = {}): void {
		this.#options.life.info({path: this.name, ...fields}, text);
	}

	#letIn(): void {
		this.#history.lastError = undefined;
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
		const {sourceHold, publisherGrace} = this.#settings;
		const goneMs = this.#options.clock.now() - this.#feed.lastFrameMs;
		this.#deadline.set(this.#isPublished ? publisherGrace : sourceHold - goneMs, () =>
			this.#letGo(),
		);
	}

	#letGo(): void {
		if (this.#isPublished && !this.#publisher.info) return this.#take('abandoned');
		const gone = new MediaError('SOURCE_SILENT', 'Source is gone');
		this.#giveUp(this.#history.lastError ?? gone);
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
		const isTried = this.#feed.isRunning;
		if (this.#isPublished) {
			if (this.#state === 'idle' && isTried) this.#take('published');
		} else if (this.isOnDemand ? this.#state === 'idle' && this.#readers.holding : !isTried) {
			this.#take('needed');
		}
	}

	#replaceSource(): void {
		this.#feed.forgive();
		this.#history.lastError = undefined;
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

	#error(code: ErrorCode, what: string, context: Record<string, unknown> = {}): MediaError {
		return pathError(this.name, code, what, context);
	}
}
