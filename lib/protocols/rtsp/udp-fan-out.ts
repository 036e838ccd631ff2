import type {EventEmitter} from 'node:events';
import {MediaError} from '../../errors.ts';
import type {Id, UdpReader} from '../../native/binding.ts';
import type {UdpOutputEvents, UdpSpec} from '../../native/rtp-output.ts';
import {withTheNext} from '../../readers/reading.ts';
import type {Beginning, StartMode} from '../../readers/reading.ts';
import {maxPacketBytes} from './packet-size.ts';

/** What packages a stream once for readers over UDP, and sends it to them. */
export type UdpSending = EventEmitter<UdpOutputEvents> & {
	add(reader: UdpReader): void;
	remove(reader: number): void;
	pause(): void;
	play(): void;
	close(): void;
};

/** The part of the addon that is used here. */
export type UdpNative = {openUdp(spec: UdpSpec): UdpSending};

export type UdpLayout = Pick<UdpSpec, 'stream' | 'tracks'>;

export type UdpJoining = {
	layout: UdpLayout;
	/** Of the path. */
	trackCount: number;
	/** By the tracks of the layout. */
	destinations: UdpReader['tracks'];
	begin: StartMode;
	/** There are no more packets: the stream ended, or its tracks are others. */
	onEnded: () => void;
};

/** Gives a stream to readers over UDP: native code packages it once for each choice of tracks. */
export class UdpFanOuts {
	readonly #native: UdpNative;
	readonly #sockets: Pick<UdpSpec, 'rtpFd' | 'rtcpFd'>;
	readonly #refused: Refused;
	readonly #fanOuts = new Map<string, UdpFanOut>();

	constructor(
		native: UdpNative,
		{rtpFd, rtcpFd}: Pick<UdpSpec, 'rtpFd' | 'rtcpFd'>,
		refused: Refused,
	) {
		this.#native = native;
		this.#sockets = {rtpFd, rtcpFd};
		this.#refused = refused;
	}

	get size(): number {
		return this.#fanOuts.size;
	}

	/** A place for one reader, until it leaves. */
	join(joining: UdpJoining): UdpPlace {
		const key = JSON.stringify(joining.layout);
		return (this.#fanOuts.get(key) ?? this.#open(joining, key)).join(joining);
	}

	#open({layout, trackCount}: UdpJoining, key: string): UdpFanOut {
		if (layout.tracks.length < trackCount) this.#checkRoom(layout.stream);
		const output = this.#native.openUdp({...layout, ...this.#sockets, maxPacketBytes});
		const onEmpty = () => {
			if (this.#fanOuts.get(key) === fanOut) this.#fanOuts.delete(key);
		};
		const onRefused = (packets: number) =>
			this.#refused.note('the system did not take a UDP packet for RTSP readers', packets);
		const fanOut: UdpFanOut = new UdpFanOut(layout.stream, output, {onEmpty, onRefused});
		this.#fanOuts.set(key, fanOut);
		return fanOut;
	}

	#checkRoom(stream: Id): void {
		const ofStream = [...this.#fanOuts.values()].filter(fanOut => fanOut.stream === stream);
		if (ofStream.length < maxChoices) return;
		throw new MediaError(
			'PATH_TOO_MANY_READERS',
			`Expected at most ${maxChoices} choices of tracks over UDP at one path`,
		);
	}
}

/** Hears of packets that the system did not take: no way to a reader, or no room. */
export type Refused = {note(sample: string, count: number): void};

type Told = {onEmpty: () => void; onRefused: (packets: number) => void};

/** The readers of one output; it is closed when the last one has left. */
class UdpFanOut {
	readonly stream: Id;
	readonly #output: UdpSending;
	readonly #onEmpty: () => void;
	readonly #places = new Map<number, Place>();
	#lastReader = 0;
	#sent = {packets: 0, bytes: 0, refused: 0};

	constructor(stream: Id, output: UdpSending, {onEmpty, onRefused}: Told) {
		this.stream = stream;
		this.#output = output;
		this.#onEmpty = onEmpty;
		output.on('sent', ({packets, bytes, refused, dropped}) => {
			if (refused > this.#sent.refused) onRefused(refused - this.#sent.refused);
			this.#sent = {packets, bytes, refused};
			for (const of of dropped) this.#noteDropped(of);
		});
		output.on('joined', ({reader, starts, captureUs}) => {
			const begins = starts.length > 0 ? {starts, captureUs} : withTheNext;
			this.#places.get(reader)?.beginning.resolve(begins);
		});
		output.on('begun', ({reader, packets, bytes}) => {
			const place = this.#places.get(reader);
			if (place) place.before = {packets, bytes};
		});
		output.once('closed', () => this.#end());
	}

	join({destinations: tracks, begin, onEnded}: UdpJoining): UdpPlace {
		const reader = ++this.#lastReader;
		const beginning = Promise.withResolvers<Beginning>();
		const place: Place = {beginning, before: undefined, dropped: 0, isStopped: false, onEnded};
		this.#places.set(reader, place);
		this.#output.add({reader, tracks, begin});
		const sent = () => this.#sentTo(place);
		return {
			beginning: place.beginning.promise,
			get sent() {
				return sent();
			},
			stop: how => this.#stop(reader, how),
			resume: () => this.#output.play(),
			leave: () => this.#leave(reader),
		};
	}

	#noteDropped({reader, packets}: {reader: number; packets: number}): void {
		const place = this.#places.get(reader);
		if (place) place.dropped = packets;
	}

	#sentTo({before, dropped}: Place): UdpSent {
		if (!before) return {...nothingSent, dropped};
		const {packets, bytes} = this.#sent;
		return {
			packets: Math.max(0, packets - before.packets),
			bytes: Math.max(0, bytes - before.bytes),
			dropped,
		};
	}

	#stop(reader: number, {rests = false} = {}): void {
		const place = this.#places.get(reader);
		if (!place || place.isStopped) return;
		place.isStopped = true;
		place.beginning.resolve(withTheNext);
		this.#output.remove(reader);
		if (rests) this.#output.pause();
	}

	#leave(reader: number): void {
		this.#stop(reader);
		if (!this.#places.delete(reader)) return;
		if (this.#places.size > 0) return;
		this.#onEmpty();
		this.#output.close();
	}

	#end(): void {
		this.#onEmpty();
		const places = [...this.#places.values()];
		this.#places.clear();
		for (const {beginning, onEnded} of places) {
			beginning.resolve(withTheNext);
			onEnded();
		}
	}
}

/** RTP that a reader was sent, and packets that did not leave. */
export type UdpSent = {packets: number; bytes: number; dropped: number};

export const nothingSent: UdpSent = {packets: 0, bytes: 0, dropped: 0};

/** One reader in its fan-out. */
export type UdpPlace = {
	readonly beginning: Promise<Beginning>;
	/** As of the last second, until it is stopped. */
	readonly sent: UdpSent;
	/**
	 * Nothing more is sent to it; packets are numbered on as long as it does not leave. With `rests` none are made for
	 * anybody until `resume`. May be called twice.
	 */
	stop(how?: {rests: boolean}): void;
	resume(): void;
	/** May be called twice. */
	leave(): void;
};

type Place = {
	beginning: PromiseWithResolvers<Beginning>;
	/** What the output had sent before this reader's first packet; undefined: nothing has been sent to it. */
	before: {packets: number; bytes: number} | undefined;
	dropped: number;
	isStopped: boolean;
	onEnded: () => void;
};

/** Each costs the packaging of a stream, and there are as many as subsets of its tracks; who takes all finds room. */
const maxChoices = 16;
