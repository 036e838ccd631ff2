import {MediaError} from '../../errors.ts';
import {placeOf} from '../../util/network.ts';
import type {Id} from '../../native/binding.ts';
import type {RtpSpec} from '../../native/rtp-output.ts';
import {FanOut} from '../../readers/fan-out.ts';
import type {Member, RingOutput} from '../../readers/fan-out.ts';
import {maxPacketBytes} from './packet-size.ts';

/** The part of the addon that fan-out uses. */
export type RtpNative = {openRtp(spec: RtpSpec): RingOutput};

/** Which tracks of a stream a reader takes, and on which channels. */
export type Layout = {stream: Id; tracks: RtpSpec['tracks']};

/** Who joins: what it chose, of how many tracks, and from which address. */
export type Joining = {layout: Layout; trackCount: number; address: string; member: Member};

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
