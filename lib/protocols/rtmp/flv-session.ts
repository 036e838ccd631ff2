import type {Socket} from 'node:net';
import {MediaError} from '../../errors.ts';
import type {Admission} from '../../media/delivery.ts';
import type {ReaderFacts} from '../../media/reader-facts.ts';
import type {Block} from '../../native/block.ts';
import type {FlvSpec} from '../../native/ring-output.ts';
import type {FanOuts} from '../../readers/fan-outs.ts';
import {Play} from '../../readers/play.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {socketSink} from '../../readers/socket-sink.ts';
import {WriteWatch} from '../../readers/write-watch.ts';
import {formatAmf0, formatList} from './amf0.ts';
import {choosePlayTracks} from './codecs.ts';
import type {PlayChoice} from './codecs.ts';
import {formatFileHead, formatTag} from './flv-file.ts';
import {messageKind} from './messages.ts';
import {describeMedia} from './push-tracks.ts';
import type {StreamMetadata} from './stream-metadata.ts';

export type FlvServices = {
	fanOuts: FanOuts<FlvSpec>;
	settings: () => {
		/** Milliseconds in which a reader has to take something. */
		readonly writeTimeout: number;
		/** Bytes that may wait for one reader. */
		readonly readerQueueMaxSize: number;
	};
	/** The server clock in microseconds. */
	nowUs: () => number;
	tcpInfo: AskKernel;
	metadata: StreamMetadata;
};

/** Where a file that does not end is written to. */
export type FlvCarrier = {
	socket: Socket;
	/** `done` is called once, written or not. */
	write: (block: Block, done: () => void) => void;
	/** What goes before the first block. */
	begin: (bytes: Buffer) => void;
	/** There is no more. */
	end: () => void;
	destroy: () => void;
};

/** A player that reads a path as a file of FLV. */
export class FlvSession {
	readonly path: string;
	readonly codecs: string[];
	/** Address and port. */
	readonly #peer: string;
	readonly #createdAt = new Date();
	readonly #carrier: FlvCarrier;
	readonly #services: FlvServices;
	readonly #admission: Admission;
	readonly #choice: PlayChoice;
	readonly #play: Play;
	readonly #writes: WriteWatch;
	#isClosed = false;

	/** Throws RTMP_NO_TRACKS; the admission stays the caller's then. */
	constructor(
		{path, peer, admission}: {path: string; peer: string; admission: Admission},
		carrier: FlvCarrier,
		services: FlvServices,
	) {
		this.path = path;
		this.#peer = peer;
		this.#admission = admission;
		this.#carrier = carrier;
		this.#services = services;
		// A file says what is in it, to whoever reads it.
		this.#choice = choosePlayTracks(admission.tracks, () => true);
		const {video, audio} = this.#choice.chosen;
		const codecOf = (track = -1) => admission.tracks[track]?.codec ?? [];
		this.codecs = [codecOf(video), codecOf(audio)].flat();
		if (this.codecs.length === 0)
			throw new MediaError('RTMP_NO_TRACKS', 'Expected a track that FLV carries', {path});
		this.#play = this.#openPlay();
		this.#writes = new WriteWatch(carrier.socket, this.#play, services.tcpInfo);
		admission.once('ended', () => this.#end());
	}

	get bytesSent(): number {
		return this.#play.stats.bytes;
	}

	facts(): ReaderFacts {
		const {bytes, dropped} = this.#play.stats;
		return {
			...{id: this.#admission.reader, path: this.path, protocol: 'flv', user: ''},
			...{remoteAddr: this.#peer, created: this.#createdAt.toISOString()},
			...{bytesSent: bytes, dropped, report: null, delay: null},
		};
	}

	async start(): Promise<void> {
		const {tracks, stream} = this.#admission;
		const {chosen} = this.#choice;
		const said = this.#services.metadata.of(stream);
		const about = Buffer.concat([
			formatAmf0(['onMetaData']),
			formatList(describeMedia(tracks, chosen, said)),
		]);
		this.#carrier.begin(
			Buffer.concat([formatFileHead(chosen), formatTag(messageKind.data, about)]),
		);
		await this.#play.start();
	}

	/** Asked about once a second. */
	check(): void {
		if (this.#writes.isStuckFor(this.#services.settings().writeTimeout)) this.#carrier.destroy();
	}

	/** Called when its connection is over; may be called twice. */
	close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#play.close();
		this.#admission.leave();
	}

	#openPlay(): Play {
		const {fanOuts, settings, nowUs, tcpInfo} = this.#services;
		const {socket, write} = this.#carrier;
		const spec = {stream: this.#admission.stream, ...this.#choice.chosen, asTags: true};
		return new Play({
			join: member => fanOuts.join(spec, member),
			...{nowUs, mode: 'real', maxBytes: settings().readerQueueMaxSize},
			sink: socketSink(socket, tcpInfo, write),
			onEnded: () => this.#end(),
		});
	}

	#end(): void {
		this.close();
		this.#carrier.end();
	}
}
