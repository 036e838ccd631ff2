// Numbers and names as people read them.

/** What a camera says must not move the cursor or change the colours of a terminal. */
export const printable = (text: string): string =>
	text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, character => (character === '\t' ? ' ' : '?'));

export const plural = (count: number, word: string): string =>
	`${count} ${word}${count === 1 ? '' : 's'}`;

/** Two decimals at most: `25`, `12.5`, `29.97`. */
export const formatRate = (rate: number): string => String(Math.round(rate * 100) / 100);

/** `40 ms`, `1.25 s`, `3 h 12 min`. */
export const formatSeconds = (us: number): string => {
	const size = Math.abs(us);
	if (size < 1e6) return `${Math.round(us / 100) / 10} ms`;
	if (size < 600e6) return `${Math.round(us / 1e4) / 100} s`;
	if (size < 3600e6) return `${Math.round(us / 60e6)} min`;
	if (size < 48 * 3600e6) return `${Math.round(us / 360e6) / 10} h`;
	return `${Math.round(us / 86_400e6)} days`;
};

/** `3.21 Mbit/s`, `64 kbit/s`. */
export const formatBitrate = (bps: number): string =>
	bps >= 1e6 ? `${(bps / 1e6).toFixed(2)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`;

export const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** ITU-T H.264 section A.2; constraints distinguish some. */
export const h264ProfileName = ({
	profileIdc,
	constraints,
}: {
	profileIdc: number;
	constraints: number;
}): string => {
	if (profileIdc === 66 && constraints & 0x40) return 'Constrained Baseline';
	if (profileIdc === 100 && (constraints & 0x0c) === 0x0c) return 'Constrained High';
	return h264Profiles.get(profileIdc) ?? `profile ${profileIdc}`;
};

/** `4.1` for 41; `1b` as section A.3.1 has it. */
export const h264LevelName = ({
	profileIdc,
	constraints,
	levelIdc,
}: {
	profileIdc: number;
	constraints: number;
	levelIdc: number;
}): string => {
	const isOld = [66, 77, 88].includes(profileIdc);
	if (levelIdc === 9 || (levelIdc === 11 && isOld && constraints & 0x10)) return '1b';
	return `${Math.floor(levelIdc / 10)}.${levelIdc % 10}`;
};

const h264Profiles = new Map([
	[44, 'CAVLC 4:4:4 Intra'],
	[66, 'Baseline'],
	[77, 'Main'],
	[88, 'Extended'],
	[100, 'High'],
	[110, 'High 10'],
	[122, 'High 4:2:2'],
	[244, 'High 4:4:4 Predictive'],
]);

/** ITU-T H.265 section A.3. */
export const h265ProfileName = (profileIdc: number): string =>
	h265Profiles.get(profileIdc) ?? `profile ${profileIdc}`;

/** `4.1` for 123. */
export const h265LevelName = (levelIdc: number): string =>
	levelIdc % 3 === 0 ? (levelIdc / 30).toFixed(1) : `${levelIdc}/30`;

const h265Profiles = new Map([
	[1, 'Main'],
	[2, 'Main 10'],
	[3, 'Main Still Picture'],
	[4, 'Range Extensions'],
	[5, 'High Throughput'],
	[9, 'Screen Content'],
]);

/** ISO/IEC 14496-3 table 1.1. */
export const aacObjectName = (objectType: number): string =>
	aacObjects.get(objectType) ?? `object type ${objectType}`;

const aacObjects = new Map([
	[1, 'Main'],
	[2, 'LC'],
	[3, 'SSR'],
	[4, 'LTP'],
	[23, 'LD'],
	[39, 'ELD'],
	[42, 'xHE'],
]);

/** Types of NAL units by codec: ITU-T H.264 table 7-1, ITU-T H.265 table 7-1. */
export const nalName = (codec: string, type: number): string =>
	nalNames[codec]?.[type] ?? String(type);

const nalNames: Record<string, Record<number, string>> = {
	H264: {
		1: 'slice',
		2: 'part A',
		3: 'part B',
		4: 'part C',
		5: 'IDR',
		6: 'SEI',
		7: 'SPS',
		8: 'PPS',
		9: 'AUD',
		10: 'end of sequence',
		11: 'end of stream',
		12: 'filler',
	},
	H265: {
		0: 'TRAIL_N',
		1: 'TRAIL_R',
		16: 'BLA',
		17: 'BLA',
		18: 'BLA',
		19: 'IDR',
		20: 'IDR',
		21: 'CRA',
		32: 'VPS',
		33: 'SPS',
		34: 'PPS',
		35: 'AUD',
		39: 'SEI',
		40: 'SEI',
	},
};

/** `SPS PPS IDR`; several of one kind in a row as `IDR x4`. */
export const nalList = (codec: string, types: readonly number[]): string => {
	const runs: {name: string; count: number}[] = [];
	for (const type of types) {
		const name = nalName(codec, type);
		const last = runs.at(-1);
		if (last?.name === name) last.count++;
		else runs.push({name, count: 1});
	}
	return runs.map(({name, count}) => (count === 1 ? name : `${name} x${count}`)).join(' ');
};
