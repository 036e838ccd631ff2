// What tests look at in fragmented MP4 (ISO/IEC 14496-12).

export type Box = {type: string; body: Buffer};

export const boxes = (bytes: Buffer): Box[] => {
	const found: Box[] = [];
	for (let at = 0; at < bytes.length;) {
		const size = bytes.readUInt32BE(at);
		if (size < 8 || at + size > bytes.length) throw new Error(`Expected a box at ${at}`);
		found.push({
			type: bytes.toString('latin1', at + 4, at + 8),
			body: bytes.subarray(at + 8, at + size),
		});
		at += size;
	}
	return found;
};

const inside = (bytes: Buffer, type: string): Buffer[] =>
	boxes(bytes).flatMap(box => (box.type === type ? [box.body] : []));

/** What the init section says of samples of track 1 that say nothing of themselves (section 8.8.3). */
export const usualFlags = (init: Buffer): number => {
	const [moov] = inside(init, 'moov');
	const [mvex] = moov ? inside(moov, 'mvex') : [];
	const trex = mvex && inside(mvex, 'trex').find(body => body.readUInt32BE(4) === 1);
	return trex?.readUInt32BE(20) ?? 0;
};

/** Whether the first sample of track 1 is one that a decoder can begin with; undefined: it has none. */
export const beginsWithKey = (fragment: Buffer, usual: number): boolean | undefined => {
	const [moof] = inside(fragment, 'moof');
	for (const traf of moof ? inside(moof, 'traf') : []) {
		const [header] = inside(traf, 'tfhd');
		const [run] = inside(traf, 'trun');
		if (header?.readUInt32BE(4) !== 1 || !run) continue;
		// sample_is_non_sync_sample
		return (firstFlags(header, run, usual) & 0x1_00_00) === 0;
	}
	return undefined;
};

/** The flags that hold for the first sample (sections 8.8.7 and 8.8.8). */
const firstFlags = (header: Buffer, run: Buffer, usual: number): number => {
	const flags = run.readUInt32BE(0) & 0xff_ff_ff;
	const at = 8 + (flags & 1 ? 4 : 0);
	if (flags & 4) return run.readUInt32BE(at);
	if (flags & 0x400)
		return run.readUInt32BE(at + (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0));
	return header.readUInt32BE(0) & 0x20 ? header.readUInt32BE(header.length - 4) : usual;
};
