import type {Oddity, PacketEvent, UnitEvent} from '../../native/inspected.ts';

/** How often media did what their documents forbid, or few cameras do; an oddity of packets counts packets. */
export type OddityFigures = Record<Oddity, number> & {
	/** Packets of a NAL unit in fragments whose type is not that of the fragment before. */
	fragmentTypes: number;
	/** Packets of a picture whose RTP time is not that of the packet before. */
	timesWithin: number;
	/** Units with an access unit delimiter. */
	delimiters: number;
	/** The most that one picture has. */
	slices: number;
	/** Key frames without an IDR: recovery points. */
	recoveryPoints: number;
};

type Seen = Pick<PacketEvent, 'ssrc' | 'sequence' | 'timestamp' | 'nals' | 'piece' | 'oddities'>;

/** Counts them for one track. */
export class OddityMeter {
	readonly #types: NalTypes | undefined;
	readonly #figures: OddityFigures = {
		...{startCodes: 0, fragmentBits: 0, reservedBit: 0, adts: 0},
		...{fragmentTypes: 0, timesWithin: 0, delimiters: 0, slices: 0, recoveryPoints: 0},
	};
	#last: Seen | undefined;

	constructor(codec: string) {
		this.#types = nalTypes.get(codec);
	}

	addPacket(packet: Seen): void {
		const last = this.#last;
		this.#last = packet;
		for (const oddity of packet.oddities) this.#figures[oddity]++;
		if (!last || !isNext(packet, last)) return;
		if (isRest(packet) && isPart(last) && packet.nals[0] !== last.nals[0])
			this.#figures.fragmentTypes++;
		const isSamePicture = isRest(packet) || this.#isPrefix(last);
		if (isSamePicture && packet.timestamp !== last.timestamp) this.#figures.timesWithin++;
	}

	addUnit({key, nals}: Pick<UnitEvent, 'key' | 'nals'>): void {
		const types = this.#types;
		if (!types) return;
		if (nals.includes(types.delimiter)) this.#figures.delimiters++;
		const slices = nals.filter(type => types.isSlice(type)).length;
		this.#figures.slices = Math.max(this.#figures.slices, slices);
		if (key && slices > 0 && !nals.some(type => types.isIdr(type))) this.#figures.recoveryPoints++;
	}

	read(): OddityFigures {
		return {...this.#figures};
	}

	/** Nothing but what stands in front of a picture. */
	#isPrefix({nals, piece}: Seen): boolean {
		const types = this.#types;
		const isWhole = piece === 'whole' && nals.length > 0;
		return types !== undefined && isWhole && nals.every(type => types.prefixes.includes(type));
	}
}

const isNext = (packet: Seen, last: Seen): boolean =>
	packet.ssrc === last.ssrc && packet.sequence === ((last.sequence + 1) & 0xffff);

const isRest = ({piece}: Seen): boolean => piece === 'middle' || piece === 'end';
const isPart = ({piece}: Seen): boolean => piece === 'start' || piece === 'middle';

type NalTypes = {
	delimiter: number;
	/** Parameter sets, SEI and the delimiter. */
	prefixes: readonly number[];
	isSlice: (type: number) => boolean;
	/** Pictures that a decoder can begin with, of any kind. */
	isIdr: (type: number) => boolean;
};

// ITU-T H.264 table 7-1, ITU-T H.265 table 7-1.
const nalTypes = new Map<string, NalTypes>([
	[
		'H264',
		{
			delimiter: 9,
			prefixes: [6, 7, 8, 9],
			isSlice: type => type === 1 || type === 5,
			isIdr: type => type === 5,
		},
	],
	[
		'H265',
		{
			delimiter: 35,
			prefixes: [32, 33, 34, 35, 39],
			isSlice: type => type < 32,
			isIdr: type => type >= 16 && type <= 21,
		},
	],
]);
