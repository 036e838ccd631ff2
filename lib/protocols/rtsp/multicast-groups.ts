import {MediaError} from '../../errors.ts';
import type {TrackInfo} from '../../native/binding.ts';
import {payloadTypeOf} from './describe.ts';
import type {MulticastSockets} from './multicast-sockets.ts';
import {ssrcOf} from './reader-way.ts';
import type {Pair} from './transport.ts';
import {UdpFanOuts} from './udp-fan-out.ts';
import type {Refused, UdpNative, UdpPlace} from './udp-fan-out.ts';

/** Whose media a group carries. */
export type GroupSource = {path: string; stream: number; tracks: readonly TrackInfo[]};

export type MulticastGroupsOptions = {
	native: UdpNative;
	sockets: MulticastSockets;
	/** Network that the groups are taken from, such as `224.1.0.0/16`. */
	range: string;
	ports: Pair;
	refused: Refused;
	/** A path is sent to nobody any more: so many bytes were. */
	onEnded: (path: string, bytes: number) => void;
};

/**
 * The paths that are sent to multicast groups: each track to an address of its own, because players listen to all that
 * comes to a port. Media leaves while somebody plays it, once for all.
 */
export class MulticastGroups {
	readonly ports: Pair;
	readonly ttl: number;
	readonly #fanOuts: UdpFanOuts;
	readonly #addresses: GroupAddresses;
	readonly #onEnded: MulticastGroupsOptions['onEnded'];
	/** By stream, and by its tracks: there may be others later. */
	readonly #groups = new Map<string, MulticastGroup>();

	constructor({native, sockets, range, ports, refused, onEnded}: MulticastGroupsOptions) {
		this.ports = ports;
		this.ttl = sockets.ttl;
		this.#fanOuts = new UdpFanOuts(native, sockets, refused);
		this.#addresses = new GroupAddresses(range);
		this.#onEnded = onEnded;
	}

	/** Bytes so far to the groups that there are, by path. */
	*sent(): Generator<[path: string, bytes: number]> {
		for (const group of this.#groups.values()) yield [group.path, group.sent.bytes];
	}

	/** The group of a stream, for a reader that will let go of it. */
	hold(source: GroupSource): MulticastGroup {
		const key = `${source.stream} ${source.tracks.length}`;
		const group = this.#groups.get(key) ?? this.#create(source, key);
		group.hold();
		return group;
	}

	#create(source: GroupSource, key: string): MulticastGroup {
		const addresses = this.#addresses.take(source.tracks.length);
		const group = new MulticastGroup({
			source,
			addresses,
			ports: this.ports,
			fanOuts: this.#fanOuts,
			onFree: () => {
				this.#groups.delete(key);
				this.#addresses.giveBack(addresses);
				this.#onEnded(source.path, group.sent.bytes);
			},
		});
		this.#groups.set(key, group);
		return group;
	}
}

type GroupOptions = {
	source: GroupSource;
	addresses: readonly string[];
	ports: Pair;
	fanOuts: UdpFanOuts;
	onFree: () => void;
};

/** One path's groups. */
export class MulticastGroup {
	readonly path: string;
	/** By track. */
	readonly addresses: readonly string[];
	readonly #options: GroupOptions;
	/** Who plays, and what they are told at the end. */
	readonly #players = new Set<() => void>();
	#holders = 0;
	#place: UdpPlace | undefined;
	/** Before the present place. */
	#sent = {packets: 0, bytes: 0};

	constructor(options: GroupOptions) {
		this.path = options.source.path;
		this.addresses = options.addresses;
		this.#options = options;
	}

	get sent(): {packets: number; bytes: number} {
		const {packets, bytes} = this.#place?.sent ?? {packets: 0, bytes: 0};
		return {packets: this.#sent.packets + packets, bytes: this.#sent.bytes + bytes};
	}

	hold(): void {
		this.#holders++;
	}

	letGo(): void {
		if (--this.#holders === 0) this.#options.onFree();
	}

	/** From the first player on media leaves. */
	play(onEnded: () => void): void {
		this.#players.add(onEnded);
		this.#place ??= this.#open();
	}

	/** Until the last one has gone. May be called twice. */
	stop(onEnded: () => void): void {
		if (this.#players.delete(onEnded) && this.#players.size === 0) this.#close();
	}

	#open(): UdpPlace {
		const {source, ports, fanOuts} = this.#options;
		const {stream, tracks} = source;
		const [rtpPort, rtcpPort] = ports;
		return fanOuts.join({
			layout: {
				stream,
				tracks: tracks.map((_, track) => ({
					track,
					payloadType: payloadTypeOf(tracks, track),
					ssrc: ssrcOf(stream, track),
				})),
			},
			trackCount: tracks.length,
			destinations: this.addresses.map(host => ({host, rtpPort, rtcpPort})),
			begin: 'live',
			onEnded: () => this.#end(),
		});
	}

	#close(): void {
		this.#sent = this.sent;
		this.#place?.leave();
		this.#place = undefined;
	}

	#end(): void {
		const players = [...this.#players];
		this.#players.clear();
		this.#close();
		for (const onEnded of players) onEnded();
	}
}

/** The addresses of a network, each given once at a time, the one that has been free the longest next. */
export class GroupAddresses {
	readonly #range: string;
	readonly #first: number;
	readonly #count: number;
	readonly #taken = new Set<number>();
	#last = 0;

	constructor(range: string) {
		const [ip = '', prefix = '32'] = range.split('/');
		const size = 2 ** (32 - Number(prefix));
		const number = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
		this.#range = range;
		this.#first = number - (number % size);
		this.#count = size;
	}

	/** Throws PATH_TOO_MANY_READERS. */
	take(count: number): string[] {
		if (this.#taken.size + count >= this.#count)
			throw new MediaError(
				'PATH_TOO_MANY_READERS',
				`Expected ${count} free addresses in ${this.#range} (multicastIPRange), got ${this.#count - 1 - this.#taken.size}`,
			);
		return Array.from({length: count}, () => this.#next());
	}

	giveBack(addresses: readonly string[]): void {
		for (const address of addresses) this.#taken.delete(this.#offsetOf(address));
	}

	/** Not the first of the network: some systems take it for a broadcast. */
	#next(): string {
		do this.#last = (this.#last % (this.#count - 1)) + 1;
		while (this.#taken.has(this.#last));
		this.#taken.add(this.#last);
		const number = this.#first + this.#last;
		return [24, 16, 8, 0].map(shift => (number >>> shift) & 255).join('.');
	}

	#offsetOf(address: string): number {
		return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) - this.#first;
	}
}
