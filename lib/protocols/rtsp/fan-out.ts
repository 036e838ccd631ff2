import type {EventEmitter} from 'node:events';
import {MediaError} from '../../errors.ts';
import {placeOf} from '../../util/network.ts';
import type {Id} from '../../native/binding.ts';
import type {Block} from '../../native/block.ts';
import type {RtpOutputBlock, RtpRingBlock, RtpSpec} from '../../native/rtp-output.ts';
import {Slices} from './slices.ts';

/** What packages a stream once for all readers of one layout. */
export type RtpOutput = EventEmitter<{block: [block: RtpOutputBlock]; closed: []}> & {
	lendRing(how: {compress: boolean}): RtpRingBlock[];
	lendReport(): Block | undefined;
	close(): void;
};

/** The part of the addon that fan-out uses. */
export type RtpNative = {openRtp(spec: RtpSpec): RtpOutput};

/** Which tracks of a stream a reader takes, and on which channels. */
export type Layout = {stream: Id; tracks: RtpSpec['tracks']};

/** Who joins: what it chose, of how many tracks, and from which address. */
export type Joining = {layout: Layout; trackCount: number; address: string; member: Member};

/** One that takes blocks; they are held during the call. */
export type Member = {
	take(blocks: readonly RtpOutputBlock[]): void;
	/** So many packets were left out before the next blocks, because this server is late. */
	missed(packets: number): void;
	/** There are no more: the stream ended, or its tracks are others. */
	ended(): void;
};

/** Gives every picture of a stream to all readers of the same layout, packaged once. */
export class FanOuts {
	readonly #native: RtpNative;
	readonly #late: {note(sample: string): void};
	readonly #fanOuts = new Map<string, FanOut>();

	constructor(native: RtpNative, late: {note(sample: string): void}) {
		this.#native = native;
		this.#late = late;
	}

	get size(): number {
		return this.#fanOuts.size;
	}

	/** The fan-out of a layout, with this member in it until `leave(member)`. */
	join({layout, trackCount, address, member}: Joining): FanOut {
		const key = JSON.stringify(layout);
		const known = this.#fanOuts.get(key);
		if (known) return known.join(member);
		const place = isUsual(layout, trackCount) ? undefined : placeOf(address);
		if (place !== undefined) this.#checkRoom(layout.stream, place);
		const fanOut = new FanOut({
			stream: layout.stream,
			place,
			output: this.#native.openRtp({...layout, maxPacketBytes}),
			onLate: () => this.#late.note('RTSP readers lost pictures, because this machine is too slow'),
			onEmpty: () => {
				if (this.#fanOuts.get(key) === fanOut) this.#fanOuts.delete(key);
			},
		});
		this.#fanOuts.set(key, fanOut);
		return fanOut.join(member);
	}

	#checkRoom(stream: Id, place: string): void {
		const unusual = [...this.#fanOuts.values()].filter(
			fanOut => fanOut.stream === stream && fanOut.place !== undefined,
		);
		const ofPlace = unusual.filter(fanOut => fanOut.place === place).length;
		if (unusual.length < maxUnusual && ofPlace < maxUnusualOfPlace) return;
		throw new MediaError(
			'PATH_TOO_MANY_READERS',
			`Expected tracks on the channels that the server chooses, because there are ${maxUnusual} other choices at this path or ${maxUnusualOfPlace} by this client`,
		);
	}
}

/**
 * All tracks or a single one, on channels 0-1, 2-3 and so on: what clients choose and the server offers. There are so
 * few of these that they have room always.
 */
const isUsual = ({tracks}: Layout, trackCount: number): boolean => {
	const isAt = (index: number, place: number) =>
		tracks[index]?.channel === 2 * place && tracks[index].rtcpChannel === 2 * place + 1;
	if (tracks.length === trackCount) return tracks.every((_, index) => isAt(index, index));
	return tracks.length === 1 && (isAt(0, 0) || isAt(0, tracks[0]?.track ?? 0));
};

/** Each costs the packaging of a stream. */
const maxUnusual = 64;
/** Nobody keeps others from choosing. */
const maxUnusualOfPlace = 4;

/** Of an RTP packet with its header: one that fits into any network, TCP or not. */
const maxPacketBytes = 1440;

/** All fan-outs take turns: a key frame for many readers must not keep the others waiting. */
const slices = new Slices();

export type FanOutOptions = {
	stream: Id;
	/** Who chose a layout that is not usual; it stays theirs. */
	place: string | undefined;
	output: RtpOutput;
	onLate: () => void;
	onEmpty: () => void;
};

/** The readers of one output; it is closed when the last one has left. */
export class FanOut {
	readonly stream: Id;
	readonly place: string | undefined;
	readonly #output: RtpOutput;
	readonly #options: FanOutOptions;
	readonly #members = new Set<Member>();
	/** What the members have not been given yet, bounded by `isLate`. */
	#fresh: RtpOutputBlock[] = [];
	#freshBytes = 0;
	#missed = 0;
	/** After a gap. */
	#awaitsKey = false;
	#isGiving = false;
	#turn = 0;

	constructor(options: FanOutOptions) {
		this.stream = options.stream;
		this.place = options.place;
		this.#options = options;
		this.#output = options.output;
		this.#output.on('block', block => this.#add(block));
		this.#output.once('closed', () => this.#end());
	}

	join(member: Member): this {
		this.#members.add(member);
		return this;
	}

	/** May be called twice. */
	leave(member: Member): void {
		if (!this.#members.delete(member) || this.#members.size > 0) return;
		this.#options.onEmpty();
		this.#output.close();
	}

	/** Blocks since the newest key frame, each held for the caller; empty before the first block. */
	lendRing(how: {compress: boolean}): RtpRingBlock[] {
		return this.#output.lendRing(how);
	}

	/** Sender reports made now, held for the caller. */
	lendReport(): Block | undefined {
		return this.#output.lendReport();
	}

	/** All blocks of one wake-up go out together, and those that come while others go out wait for the next turn. */
	#add(made: RtpOutputBlock): void {
		if (this.#isLate(made)) this.#skip();
		if (this.#awaitsKey && !made.key) return void (this.#missed += made.packets);
		this.#awaitsKey = false;
		made.block.retain();
		this.#fresh.push(made);
		this.#freshBytes += made.block.data.byteLength;
		if (this.#isGiving) return;
		this.#isGiving = true;
		queueMicrotask(() => slices.add(this.#give()));
	}

	/** The members are not given what has come as fast as it comes. */
	#isLate({block, arrivalUs}: RtpOutputBlock): boolean {
		const [oldest] = this.#fresh;
		if (!oldest) return false;
		return (
			arrivalUs - oldest.arrivalUs > maxFreshUs ||
			this.#freshBytes + block.data.byteLength > maxFreshBytes
		);
	}

	/** Nobody is given pieces of a picture: it goes on at a key frame. */
	#skip(): void {
		for (const {block, packets} of this.#takeFresh()) {
			this.#missed += packets;
			block.release();
		}
		this.#awaitsKey = true;
		this.#options.onLate();
	}

	#takeFresh(): RtpOutputBlock[] {
		this.#freshBytes = 0;
		return this.#fresh.splice(0);
	}

	*#give(): Generator<void> {
		const blocks = this.#takeFresh();
		const missed = this.#missed;
		this.#missed = 0;
		for (const member of this.#inTurn()) {
			if (missed > 0) member.missed(missed);
			member.take(blocks);
			yield;
		}
		for (const {block} of blocks) block.release();
		this.#isGiving = this.#fresh.length > 0;
		// Behind the fan-outs that wait already.
		if (this.#isGiving) slices.add(this.#give());
	}

	*#inTurn(): Generator<Member> {
		const members = [...this.#members];
		const start = members.length === 0 ? 0 : this.#turn++ % members.length;
		for (let index = 0; index < members.length; index++) {
			const member = members[(start + index) % members.length];
			if (member && this.#members.has(member)) yield member;
		}
	}

	#end(): void {
		this.#options.onEmpty();
		const members = [...this.#members];
		this.#members.clear();
		for (const member of members) member.ended();
	}
}

/** Media that may wait for its turn; beyond it readers would be later than they may be (design.md section 8). */
const maxFreshUs = 2_000_000;
const maxFreshBytes = 16_777_216;
