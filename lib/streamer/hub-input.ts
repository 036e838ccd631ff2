import {EventEmitter} from 'node:events';
import type {Clock} from '../media/clock.ts';
import type {Source} from '../media/source.ts';
import {Supply} from '../media/supply.ts';
import type {WatchedStream} from '../media/supply.ts';
import type {Id, RelayInput, StreamSpec, TrackInfo} from '../native/binding.ts';
import type {WantedRequest} from '../native/native.ts';
import type {InputEvents, StreamerInput} from './input.ts';

/** The name under which the relay finds the stream. */
const path = 'input';
const ring = {ringMaxBytes: 20_000_000, ringMaxAgeUs: 30_000_000};

export type HubStream = WatchedStream & {
	readonly id: Id;
	once(event: 'closed', listener: () => void): unknown;
	close(): void;
};

export type HubInputOptions<Stream extends HubStream> = {
	native: {
		openStream(spec: Omit<StreamSpec, 'domain'>): Stream;
		on(event: 'wanted', listener: (request: WantedRequest) => void): unknown;
		off(event: 'wanted', listener: (request: WantedRequest) => void): unknown;
	};
	openSource: (stream: Stream, path: string) => Source;
	readTimeoutMs: number;
	/** What GStreamer fetches by itself, where a track is of a codec that a stream does not carry. */
	instead?: RelayInput;
	clock: Clock;
	random: () => number;
};

/** An input that our own sources fetch into a stream; they are tried again until it is closed. */
export class HubInput<Stream extends HubStream>
	extends EventEmitter<InputEvents>
	implements StreamerInput
{
	readonly #options: HubInputOptions<Stream>;
	readonly #stream: Stream;
	readonly #supply: Supply;
	#tracks: TrackInfo[] = [];
	#isReady = false;
	/** Given up for what GStreamer fetches. */
	#isReplaced = false;
	#closed: Promise<void> | undefined;

	constructor(options: HubInputOptions<Stream>) {
		super();
		this.#options = options;
		const {native, openSource, readTimeoutMs, clock, random} = options;
		this.#stream = native.openStream({path, ...ring});
		native.on('wanted', this.#onWanted);
		this.#stream.on('epoch', ({tracks}) => {
			this.#tracks = tracks;
		});
		this.#supply = new Supply({
			stream: this.#stream,
			openSource: () => openSource(this.#stream, path),
			readTimeoutMs,
			history: {failures: 0, due: 0},
			clock,
			random,
		});
		this.#supply.on('delivered', () => this.#delivered());
		this.#supply.on('lost', error => this.emit('lost', error));
	}

	get tracks(): readonly TrackInfo[] {
		return this.#tracks;
	}

	get stream(): Id | undefined {
		return this.#isReplaced ? undefined : this.#stream.id;
	}

	get startsOver(): boolean {
		return this.#isReplaced;
	}

	async close(): Promise<void> {
		this.#closed ??= this.#close();
		return this.#closed;
	}

	async #close(): Promise<void> {
		this.#options.native.off('wanted', this.#onWanted);
		const stopped = new Promise<void>(resolve => this.#supply.once('stopped', resolve));
		const closed = new Promise<void>(resolve => this.#stream.once('closed', resolve));
		this.#supply.stop();
		await stopped;
		this.#stream.close();
		await closed;
	}

	#delivered(): void {
		if (this.#isReady) {
			this.emit('back');
			return;
		}
		this.#isReady = true;
		const {instead} = this.#options;
		if (instead && this.#tracks.some(isForeign)) void this.#replace(instead);
		else this.emit('ready', {type: 'hub', path});
	}

	/** Many cameras have room for one session only: ours ends first. */
	async #replace(instead: RelayInput): Promise<void> {
		this.#isReplaced = true;
		this.#tracks = [];
		await this.close();
		this.emit('ready', instead);
	}

	readonly #onWanted = (request: WantedRequest): void => {
		if (request.path === path) request.accept(this.#stream.id);
	};
}

/** Metadata is of no use to any output. */
const isForeign = ({kind, type}: TrackInfo): boolean => type === 'opaque' && kind !== 'other';
