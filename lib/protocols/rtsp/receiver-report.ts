// RFC 3550 section 6.4: what a reader tells of the media it got.

/** One report block; it is about the packets of `ssrc`. */
export type ReportBlock = {
	ssrc: number;
	/** Packets lost since the beginning; negative when some came twice. */
	lost: number;
	/** In units of the media's clock. */
	jitter: number;
	/** The middle 32 bits of the NTP time of the last sender report it got; 0 = none yet. */
	lastReport: number;
	/** In units of 1/65536 s: how long that was ago. */
	delay: number;
};

/** The report blocks of a compound packet; what is malformed is left out, and what nobody needs so many of. */
export const parseReceiverReports = (bytes: Buffer): ReportBlock[] => {
	const blocks: ReportBlock[] = [];
	for (let at = 0; at + headerBytes <= bytes.length;) {
		const end = at + 4 + 4 * bytes.readUInt16BE(at + 2);
		if (bytes.readUInt8(at) >> 6 !== 2 || end > bytes.length) break;
		const begin = beginOfBlocks[bytes.readUInt8(at + 1)];
		const count = bytes.readUInt8(at) & 0x1f;
		for (let index = 0; begin !== undefined && index < count; index++) {
			if (blocks.length === maxBlocks) return blocks;
			const from = at + begin + index * blockBytes;
			if (from + blockBytes <= end) blocks.push(parseBlock(bytes, from));
		}
		at = end;
	}
	return blocks;
};

/** Seconds there and back, by a report that came at `nowUs` of the wall clock; undefined: it does not say. */
export const roundTripOf = (
	{lastReport, delay}: ReportBlock,
	nowUs: number,
): number | undefined => {
	if (lastReport === 0) return undefined;
	const units = (compactNtp(nowUs) - lastReport - delay) >>> 0;
	// Beyond a minute it answers no report of ours, and less than nothing is a clock's rounding.
	if (units > 0xffff_0000) return 0;
	return units < 60 * 65_536 ? units / 65_536 : undefined;
};

/** The middle 32 bits of the NTP time of a wall clock in microseconds. */
export const compactNtp = (wallUs: number): number =>
	Math.floor((wallUs * 65_536) / 1e6 + unixInNtp * 65_536) % 2 ** 32;

const unixInNtp = 2_208_988_800;
/** As many as an SDP has media. */
const maxBlocks = 64;
const headerBytes = 8;
const blockBytes = 24;
/** By packet type: receiver reports have their blocks behind the SSRC, sender reports behind their own figures. */
const beginOfBlocks: Readonly<Record<number, number>> = {200: 28, 201: 8};

const parseBlock = (bytes: Buffer, at: number): ReportBlock => ({
	ssrc: bytes.readUInt32BE(at),
	lost: bytes.readIntBE(at + 5, 3),
	jitter: bytes.readUInt32BE(at + 12),
	lastReport: bytes.readUInt32BE(at + 16),
	delay: bytes.readUInt32BE(at + 20),
});
