// Typed objects over the ids of the door: one class for each kind of native object. Each emits its last
// event once (`closed`, `stopped`), may be closed twice, and does nothing when called after that.
import {EventEmitter} from 'node:events';
import {randomUUID} from 'node:crypto';
import type {
	EventOf,
	Id,
	Listener,
	ListenSpec,
	NativeEvent,
	NativeVersion,
	PipelineRecipe,
	PipelineStats,
	PlannedTrack,
	ProcessStats,
	RtpTrackSpec,
	StreamSpec,
	StreamStats,
	TcpInfo,
	UdpIngestSpec,
} from './binding.ts';
import type {InspectEvent} from './inspected.ts';
import {openDoor} from './door.ts';
import type {Block} from './block.ts';
import type {Door} from './door.ts';
import {HlsOutput} from './hls-output.ts';
import type {HlsSpec} from './hls-output.ts';
import {PlayableStream} from './playable-stream.ts';
import {RtmpIngest, RtmpOutput} from './rtmp.ts';
import type {RtmpOutputSpec} from './rtmp.ts';
import {RingOutput} from './ring-output.ts';
import type {FlvSpec, LiveSpec} from './ring-output.ts';
import {UdpOutput} from './rtp-output.ts';
import type {RtpSpec, UdpSpec} from './rtp-output.ts';

export type NativeEvents = {wanted: [request: WantedRequest]; offered: [offer: PublishOffer]};
export type StreamEvents = {epoch: [EventOf<'epoch'>]; closed: []};
export type IngestEvents = {
	text: [text: string];
	drained: [];
	/** Of a connection that is read natively: nothing more comes; without a reason the peer has closed it. */
	ended: [reason: string];
	/** Reports for the source, to be written to its connection as they are. */
	rtcp: [bytes: Uint8Array];
	/** All sources have said goodbye. */
	left: [];
	/** Of an ingest that is opened to look at what comes. */
	inspected: [event: InspectEvent];
	closed: [];
};
export type PipelineEvents = {
	state: [state: 'playing' | 'paused'];
	plan: [plan: {tracks: PlannedTrack[]; live: boolean; lengthUs: number}];
	eos: [];
	failed: [EventOf<'failed'>];
	/** Of a relay to a file: `finish()` completes what is written. */
	inputLost: [EventOf<'inputLost'>];
	picture: [block: Block];
	stopped: [];
};

export type IngestOptions = {
	/** The ingest tells what comes (`inspected`). */
	inspect?: boolean;
	/** The tracks come over UDP. */
	udp?: UdpIngestSpec | undefined;
};

/** Native code, seen from one domain: path names of two domains do not meet. */
export class Native extends EventEmitter<NativeEvents> {
	readonly domain: string;
	readonly #door: Door;

	constructor(door: Door, domain: string) {
		super();
		this.domain = domain;
		this.#door = door;
		door.listenDomain(domain, event => {
			if (event.type === 'wanted') this.emit('wanted', new WantedRequest(door, event));
			if (event.type === 'offered') this.emit('offered', new PublishOffer(door, event));
		});
	}

	openStream(spec: Omit<StreamSpec, 'domain'>): NativeStream {
		return new NativeStream(
			this.#door,
			this.#door.binding.openStream({...spec, domain: this.domain}),
		);
	}

	openPlayable(parent: Id): PlayableStream {
		return new PlayableStream(this.#door, this.#door.binding.openStream({parent}));
	}

	openHls(spec: HlsSpec): HlsOutput {
		return new HlsOutput(this.#door, this.#door.binding.openOutput({type: 'hls', ...spec}));
	}

	openRtp(spec: RtpSpec): RingOutput {
		return new RingOutput(this.#door, this.#door.binding.openOutput({type: 'rtp', ...spec}));
	}

	openLive(spec: LiveSpec): RingOutput {
		return new RingOutput(this.#door, this.#door.binding.openOutput({type: 'live', ...spec}));
	}

	/** For players of RTMP and FLV. */
	openFlv(spec: FlvSpec): RingOutput {
		return new RingOutput(this.#door, this.#door.binding.openOutput({type: 'flv', ...spec}));
	}

	openUdp(spec: UdpSpec): UdpOutput {
		return new UdpOutput(this.#door, this.#door.binding.openOutput({type: 'udp', ...spec}));
	}

	openRtmp(spec: RtmpOutputSpec): RtmpOutput {
		return new RtmpOutput(this.#door, this.#door.binding.openOutput({type: 'rtmp', ...spec}));
	}

	openRtmpIngest(): RtmpIngest {
		return new RtmpIngest(this.#door, this.#door.binding.openIngest({type: 'rtmp'}));
	}

	start(recipe: PipelineRecipe): Pipeline {
		return new Pipeline(this.#door, this.#door.binding.start({...recipe, domain: this.domain}));
	}

	listen(spec: ListenSpec): Listener {
		return this.#door.binding.listen(spec);
	}

	tcpInfo(fd: number): TcpInfo | undefined {
		return this.#door.binding.tcpInfo(fd);
	}

	stats(): ProcessStats {
		return this.#door.binding.stats();
	}

	/** As the stream's own `openIngest`, for a stream that somebody else holds. */
	openIngest(stream: Id, tracks: RtpTrackSpec[], options: IngestOptions = {}): Ingest {
		return openIngest(this.#door, {stream, tracks}, options);
	}

	/** Of a stream that somebody else holds; undefined once it is closed. */
	streamStats(stream: Id): StreamStats | undefined {
		return this.#door.binding.streamStats(stream);
	}

	/** The server clock in microseconds: wall time at start plus monotonic time. */
	nowUs(): number {
		return this.stats().nowUs;
	}

	version(): NativeVersion {
		return this.#door.binding.version();
	}

	/** No `wanted` and no `offered` any more; what it opened is closed by whoever asked for it. */
	close(): void {
		this.#door.unlistenDomain(this.domain);
		this.removeAllListeners();
	}
}

/** The live media of a path. */
export class NativeStream extends EventEmitter<StreamEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => {
			if (event.type === 'epoch') this.emit('epoch', event);
			if (event.type === 'closed') this.emit('closed');
		});
	}

	/** Undefined once it is closed. */
	stats(): StreamStats | undefined {
		return this.#door.binding.streamStats(this.id);
	}

	/** Media is dropped until `play`. */
	pause(): void {
		this.#door.binding.command(this.id, {type: 'pause'});
	}

	/** Goes on at the next key frame, with continuous time. */
	play(): void {
		this.#door.binding.command(this.id, {type: 'play'});
	}

	/** An ingest for one RTSP connection whose SETUPs are answered; `inspect`: it tells of every packet. */
	openIngest(tracks: RtpTrackSpec[], options: IngestOptions = {}): Ingest {
		return openIngest(this.#door, {stream: this.id, tracks}, options);
	}

	close(): void {
		this.#door.binding.closeStream(this.id);
	}
}

/** The way of one connection's bytes into a stream. */
export class Ingest extends EventEmitter<IngestEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => {
			if (event.type === 'text') this.emit('text', event.text);
			if (event.type === 'drained') this.emit('drained');
			if (event.type === 'ended') this.emit('ended', event.reason);
			if (event.type === 'rtcp') this.emit('rtcp', event.bytes);
			if (event.type === 'left') this.emit('left');
			if (isInspectEvent(event)) this.emit('inspected', event);
			if (event.type === 'closed') this.emit('closed');
		});
	}

	/** Copies `length` bytes before it returns. False: read no more before `drained`. */
	feed(buffer: Uint8Array, length: number): boolean {
		return this.#door.feed(this.id, buffer, length);
	}

	/** The bytes of this TCP connection, behind what was fed, are read natively from now on; the descriptor stays the caller's. */
	read(fd: number): void {
		this.#door.binding.command(this.id, {type: 'read', fd});
	}

	/** The RTP times that the tracks play at one moment, as far as the camera tells them. */
	place(starts: {track: number; rtpTime: number}[]): void {
		this.#door.binding.command(this.id, {type: 'place', starts});
	}

	close(): void {
		this.#door.binding.closeIngest(this.id);
	}
}

const openIngest = (
	door: Door,
	into: {stream: Id; tracks: RtpTrackSpec[]},
	{inspect = false, udp}: IngestOptions,
): Ingest => {
	const base = {type: 'rtsp', ...into, inspect} as const;
	return new Ingest(door, door.binding.openIngest(udp ? {...base, udp} : base));
};

const isInspectEvent = (event: NativeEvent): event is InspectEvent => inspectTypes.has(event.type);

const inspectTypes: ReadonlySet<string> = new Set<InspectEvent['type']>([
	'packet',
	'unit',
	'report',
	'brokenReport',
	'stray',
	'parameters',
]);

/** One GStreamer pipeline: `play`, `pause` and `stop` are PLAYING, PAUSED and NULL. */
export class Pipeline extends EventEmitter<PipelineEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => this.#tell(event));
	}

	play(): void {
		this.#door.binding.command(this.id, {type: 'play'});
	}

	pause(): void {
		this.#door.binding.command(this.id, {type: 'pause'});
	}

	/** Ends the media as if the input had ended: `eos` follows when all is written, then `stopped`. */
	finish(): void {
		this.#door.binding.command(this.id, {type: 'finish'});
	}

	stop(): void {
		this.#door.binding.stop(this.id);
	}

	/** Of a relay; undefined once it is stopped. */
	stats(): PipelineStats | undefined {
		return this.#door.binding.pipelineStats(this.id);
	}

	#tell(event: NativeEvent): void {
		if (event.type === 'state') this.emit('state', event.state);
		if (event.type === 'plan') this.emit('plan', event);
		if (event.type === 'eos') this.emit('eos');
		if (event.type === 'failed') this.emit('failed', event);
		if (event.type === 'inputLost') this.emit('inputLost', event);
		if (event.type === 'picture') this.emit('picture', this.#door.take(event.block));
		if (event.type === 'stopped') this.emit('stopped');
	}
}

/** A hubsrc asks for a path; exactly one of `accept` and `refuse` is the answer. */
export class WantedRequest extends EventEmitter<{unwanted: []}> {
	readonly id: Id;
	readonly path: string;
	/** The paths that the asking pipeline publishes to. */
	readonly feeds: readonly string[];
	readonly #door: Door;
	#output: Id | undefined;

	constructor(door: Door, {id, path, feeds}: EventOf<'wanted'>) {
		super();
		this.id = id;
		this.path = path;
		this.feeds = feeds;
		this.#door = door;
		door.listen(id, () => {
			this.close();
			this.emit('unwanted');
		});
	}

	accept(stream: Id): void {
		this.#output = this.#door.binding.openOutput({type: 'hubsrc', request: this.id, stream});
	}

	refuse(reason: string): void {
		this.#door.binding.command(this.id, {type: 'refuse', reason});
	}

	/** Takes the stream away again. */
	close(): void {
		if (this.#output !== undefined) this.#door.binding.closeOutput(this.#output);
		this.#output = undefined;
	}
}

/** A hubsink would publish to a path: `accept` or `refuse` is the answer; `refuse` may follow an `accept` as well. */
export class PublishOffer extends EventEmitter<{withdrawn: []}> {
	readonly id: Id;
	readonly path: string;
	readonly #door: Door;

	constructor(door: Door, {id, path}: EventOf<'offered'>) {
		super();
		this.id = id;
		this.path = path;
		this.#door = door;
		door.listen(id, () => this.emit('withdrawn'));
	}

	accept(stream: Id): void {
		this.#door.binding.command(this.id, {type: 'accept', stream});
	}

	/** The pipeline fails with this reason. */
	refuse(reason: string): void {
		this.#door.binding.command(this.id, {type: 'refuse', reason});
	}
}

/** Opens native code for a domain of its own, or one that is shared by name. */
export const openNative = ({domain = randomUUID()}: {domain?: string} = {}): Native =>
	new Native(openDoor(), domain);
