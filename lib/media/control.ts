import {EventEmitter} from 'node:events';
import type {Logger} from 'pino';
import {checkPathName, findPath, redirectOf} from '../config/find-path.ts';
import {isPattern} from '../config/path-name.ts';
import type {Config} from '../config/schema.ts';
import {MediaError, toMediaError} from '../errors.ts';
import {schemeOf} from '../util/scheme.ts';
import type {Native, NativeStream} from '../native/native.ts';
import type {Clock} from './clock.ts';
import type {PathFacts, PathState} from './facts.ts';
import type {ControlMessage, DeliveryMessage, Port, PublisherInfo, ReaderInfo} from './messages.ts';
import {LifeLog} from '../observe/life-log.ts';
import {Path} from './path.ts';
import type {PathSourceOptions} from './path-options.ts';
import {pathError} from './path-rules.ts';
import {isPublished, isSameSettings, pathSettings} from './path-settings.ts';
import type {PathPlace} from './path-settings.ts';
import {PipelinePublishers} from './pipeline-publishers.ts';
import type {PipelineOffer} from './pipeline-publishers.ts';
import {PipelineReaders} from './pipeline-readers.ts';
import type {PipelineWish} from './pipeline-readers.ts';
import type {OpenSource, Source} from './source.ts';

export type ControlOptions = {
	config: Config;
	native: Pick<Native, 'openStream' | 'on' | 'off'>;
	/** By scheme of the source: `rtsp`, `file`, `test`, `gstreamer`. */
	sources: Readonly<Record<string, OpenSource>>;
	port: Port<ControlMessage, DeliveryMessage>;
	clock: Clock;
	/** From 0 to 1, for jitter. */
	random?: () => number;
	logger: Logger;
};

export type ControlEvents = {
	/** A path has come to a state; `isOnDemand`: it has media for its readers only. */
	state: [path: {name: string; state: PathState; isOnDemand: boolean}];
};

/** The half that owns paths and sources; delivery speaks to it through the port, the API by these methods. */
export class Control extends EventEmitter<ControlEvents> {
	readonly #options: ControlOptions;
	readonly #paths = new Map<string, Path>();
	readonly #leaving = new Set<Path>();
	readonly #readers = new Map<string, Path>();
	readonly #publishers = new Map<string, Path>();
	readonly #readingPipelines = new PipelineReaders();
	readonly #publishingPipelines = new PipelinePublishers();
	readonly #life: LifeLog;
	#config: Config;
	#closed: Promise<void> | undefined;
	#onGone: () => void = () => {};

	constructor(options: ControlOptions) {
		super();
		this.#options = options;
		this.#config = options.config;
		this.#life = new LifeLog(options.logger);
		options.port.onMessage = message => this.#handle(message);
		options.native.on('wanted', this.#onWanted);
		options.native.on('offered', this.#onOffered);
	}

	/** Starts the static sources. */
	open(): void {
		this.#openNamed();
	}

	/** Takes a new configuration; a path that it does not concern is not touched. */
	reload(config: Config): void {
		if (this.#closed) return;
		this.#config = config;
		for (const path of [...this.#paths.values()]) {
			// A logger's children do not follow when its level changes.
			path.logger.level = this.#options.logger.level;
			this.#settle(path);
		}
		this.#openNamed();
	}

	/** All paths that there are now, by name. */
	list(): PathFacts[] {
		const names = [...this.#paths.keys()].sort();
		return names.flatMap(name => this.#paths.get(name)?.facts() ?? []);
	}

	/** Undefined: there is no such path now, though a pattern may make one when it is read. */
	get(name: string): PathFacts | undefined {
		return this.#paths.get(name)?.facts();
	}

	/** Throws PATH_NOT_FOUND, as `pause` and `exit` do. */
	play(name: string): void {
		this.#existing(name).play();
	}

	pause(name: string): void {
		this.#existing(name).pause();
	}

	exit(name: string): void {
		this.#existing(name).exit();
	}

	/** Ends all readers and sources; resolves when they have said goodbye. */
	async close(): Promise<void> {
		this.#closed ??= this.#close();
		return this.#closed;
	}

	async #close(): Promise<void> {
		this.#options.native.off('wanted', this.#onWanted);
		this.#options.native.off('offered', this.#onOffered);
		this.#life.close();
		const reason = new MediaError('PATH_NOT_READY', 'Server is shutting down');
		for (const path of [...this.#paths.values()]) this.#drop(path, reason);
		if (this.#leaving.size === 0) return;
		await new Promise<void>(resolve => {
			this.#onGone = resolve;
		});
	}

	#handle(message: DeliveryMessage): void {
		switch (message.type) {
			case 'join': {
				const {type: _, ...reader} = message;
				return this.#join(reader);
			}
			case 'leave':
				return this.#leave(message.reader);
			case 'publish': {
				const {type: _, ...publisher} = message;
				return this.#publish(publisher);
			}
			case 'unpublish': {
				const {publisher, code, message: text} = message;
				return this.#unpublish(publisher, new MediaError(code, text));
			}
			default:
				message satisfies never;
		}
	}

	#join(reader: ReaderInfo): void {
		try {
			const path = this.#pathOf(reader);
			this.#readers.set(reader.reader, path);
			path.join(reader);
			if (path.state === 'idle') this.#forget(path);
		} catch (error) {
			const {code, message, context} = toMediaError(error);
			this.#post({type: 'refused', reader: reader.reader, code, message, context});
		}
	}

	#leave(reader: string): void {
		const path = this.#readers.get(reader);
		this.#readers.delete(reader);
		path?.leave(reader);
	}

	#publish(info: PublisherInfo): void {
		try {
			const path = this.#pathToPublish(info.path);
			this.#publishers.set(info.publisher, path);
			path.publish(info);
		} catch (error) {
			const {code, message, context} = toMediaError(error);
			this.#post({type: 'rejected', publisher: info.publisher, code, message, context});
		}
	}

	#unpublish(publisher: string, why: MediaError): void {
		const path = this.#publishers.get(publisher);
		this.#publishers.delete(publisher);
		path?.unpublish(publisher, why);
	}

	#post(message: ControlMessage): void {
		const {type} = message;
		if (type === 'refused' || type === 'ended') this.#readers.delete(message.reader);
		if (type === 'rejected' || type === 'unpublished') this.#publishers.delete(message.publisher);
		const isOfPipeline =
			this.#readingPipelines.handle(message) || this.#publishingPipelines.handle(message);
		if (!isOfPipeline) this.#options.port.post(message);
	}

	readonly #onWanted = (wish: PipelineWish): void => {
		try {
			const reader = this.#readingPipelines.add(wish);
			wish.once('unwanted', () => {
				this.#readingPipelines.remove(reader.reader);
				this.#leave(reader.reader);
			});
			this.#join(reader);
		} catch (error) {
			const {message} = toMediaError(error);
			this.#options.logger.warn({path: wish.path}, message);
			wish.refuse(message);
		}
	};

	readonly #onOffered = (offer: PipelineOffer): void => {
		const info = this.#publishingPipelines.add(offer);
		offer.once('withdrawn', () => {
			this.#publishingPipelines.remove(info.publisher);
			this.#unpublish(info.publisher, new MediaError('SOURCE_ENDED', 'Pipeline has stopped'));
		});
		this.#publish(info);
	};

	#pathOf({path: name, start}: ReaderInfo): Path {
		const known = this.#paths.get(name);
		if (known) return known;
		const place = this.#configured(name);
		if (!start || isPublished(place.settings))
			throw pathError(name, 'PATH_NOT_READY', 'has no stream at the moment');
		return this.#open(name, place);
	}

	#pathToPublish(name: string): Path {
		const known = this.#paths.get(name);
		if (known) return known;
		if (redirectOf(this.#config, name) !== undefined)
			throw pathError(name, 'PATH_HAS_SOURCE', 'is somewhere else (source: redirect)');
		const place = this.#configured(name);
		if (!isPublished(place.settings))
			throw pathError(name, 'PATH_HAS_SOURCE', 'has a source of its own');
		return this.#open(name, place);
	}

	#configured(name: string): PathPlace {
		const place = this.#closed ? undefined : this.#placeOf(name);
		if (place) return place;
		const wrong = checkPathName(name);
		throw pathError(name, 'PATH_NOT_FOUND', wrong ? `cannot be: ${wrong}` : 'is not configured');
	}

	#placeOf(name: string): PathPlace | undefined {
		const found = findPath(this.#config, name);
		// What is elsewhere is no path of ours: RTSP clients are told where, others that there is none.
		if (!found || found.config.source === 'redirect') return undefined;
		return {
			confName: found.key,
			passing: isPattern(found.key),
			settings: pathSettings(found.config, this.#config),
		};
	}

	#openNamed(): void {
		for (const name of Object.keys(this.#config.paths)) {
			const place = isPattern(name) || this.#paths.has(name) ? undefined : this.#placeOf(name);
			if (place) this.#open(name, place);
		}
	}

	#open(name: string, place: PathPlace): Path {
		const {native, clock, logger, random = Math.random} = this.#options;
		const path = new Path({
			name,
			place,
			openStream: spec => native.openStream(spec),
			openSource: options => this.#openSource(options),
			post: message => this.#post(message),
			clock,
			random,
			logger,
			life: this.#life,
		});
		this.#paths.set(name, path);
		path.on('state', state => {
			if (state === 'idle') this.#forget(path);
			this.emit('state', {name, state, isOnDemand: path.isOnDemand});
		});
		path.open();
		return path;
	}

	/** A path that a pattern made goes when nobody is there any more. */
	#forget(path: Path): void {
		if (path.place.passing && path.isEmpty) this.#drop(path);
	}

	#drop(path: Path, reason?: MediaError): void {
		if (this.#paths.get(path.name) !== path) return;
		this.#paths.delete(path.name);
		this.#leaving.add(path);
		path.once('closed', () => {
			this.#leaving.delete(path);
			if (this.#leaving.size === 0) this.#onGone();
		});
		path.close(reason);
		const {name, state, isOnDemand} = path;
		if (state !== 'idle') this.emit('state', {name, state: 'idle', isOnDemand});
	}

	/** Brings one path to what the configuration says now. */
	#settle(path: Path): void {
		const before = path.place;
		const after = this.#placeOf(path.name);
		if (!after || (after.passing && !before.passing && path.isEmpty)) return this.#drop(path);
		const isSame =
			before.confName === after.confName && isSameSettings(before.settings, after.settings);
		if (isSame) return;
		if (isPublished(before.settings) === isPublished(after.settings)) return path.update(after);
		this.#drop(path);
	}

	#openSource({path, settings, stream, logger}: PathSourceOptions): Source {
		const {source} = settings;
		const open = this.#options.sources[schemeOf(source)];
		if (!open) {
			const message = `Expected a source of ${Object.keys(this.#options.sources).join(', ')}`;
			throw new MediaError('SOURCE_UNSUPPORTED', `${message}, got ${schemeOf(source)}`, {path});
		}
		return open({path, source, settings, stream: stream as NativeStream, logger});
	}

	#existing(name: string): Path {
		const path = this.#paths.get(name);
		if (path) return path;
		throw pathError(name, 'PATH_NOT_FOUND', 'does not exist');
	}
}
