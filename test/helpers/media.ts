import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** One access unit: NAL units without start codes, and its presentation time in 90 kHz. */
export type Picture = {nals: Buffer[]; pts: number; isKey: boolean};

export type PictureName =
	| 'plain'
	| 'other'
	| 'bframes'
	| 'slices'
	/** Fourteen B-frames in a row. */
	| 'reordered'
	/** One IDR picture, at the beginning; afterwards recovery points. */
	| 'refresh'
	/** Twice 300 pictures, each with one key frame. */
	| 'rare'
	| 'hevc'
	/** Temporal layers, scaling lists, B-frames, slices. */
	| 'hevc-sets';

/** Four seconds at 25 pictures a second, a key frame every second. */
export const loadPictures = (name: PictureName): Picture[] => {
	const pts = read(`${name}.pts`).toString().split(/\s+/).filter(Boolean).map(Number);
	const codec = codecs[codecOf(name)];
	return splitPictures(splitNals(read(`${name}.${codec.ending}`)), codec).map((nals, index) => ({
		nals,
		pts: pts[index]!,
		isKey: nals.some(codec.isKey),
	}));
};

export const codecOf = (name: PictureName): 'H264' | 'H265' =>
	name.startsWith('hevc') ? 'H265' : 'H264';

export const nalType = (nal: Buffer): number => nal[0]! & 0x1f;

/** Of H.265. */
export const hevcType = (nal: Buffer): number => (nal[0]! >> 1) & 0x3f;

type Codec = Record<'isSlice' | 'isFirst' | 'isKey', (nal: Buffer) => boolean> & {ending: string};

const codecs: Record<'H264' | 'H265', Codec> = {
	H264: {
		ending: 'h264',
		isSlice: nal => nalType(nal) === 1 || nalType(nal) === 5,
		isFirst: nal => (nal[1]! & 0x80) !== 0,
		isKey: nal => nalType(nal) === 5,
	},
	H265: {
		ending: 'h265',
		isSlice: nal => hevcType(nal) < 32,
		isFirst: nal => (nal[2]! & 0x80) !== 0,
		isKey: nal => hevcType(nal) >= 16 && hevcType(nal) <= 21,
	},
};

/** Four seconds of AAC-LC at 48 kHz, stereo: raw units of 1024 samples. */
export const loadSound = (): {config: Buffer; units: Buffer[]} => {
	const bytes = read('sound.aac');
	const units: Buffer[] = [];
	for (let at = 0; at + 7 <= bytes.length;) {
		const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
		const header = bytes[at + 1]! & 1 ? 7 : 9;
		units.push(bytes.subarray(at + header, at + length));
		at += length;
	}
	return {config: Buffer.from('1190', 'hex'), units};
};

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const made = fileURLToPath(new URL('../../out/fixtures/', import.meta.url));

const read = (name: string): Buffer => {
	execFileSync(`${fixtures}make-media.sh`, {stdio: ['ignore', 'ignore', 'inherit']});
	return readFileSync(made + name);
};

export const splitNals = (bytes: Buffer): Buffer[] => {
	const starts: number[] = [];
	for (let at = bytes.indexOf(startCode); at >= 0; at = bytes.indexOf(startCode, at + 3))
		starts.push(at);
	return starts.map((start, index) => {
		const end = starts[index + 1] ?? bytes.length;
		const isLong = end < bytes.length && bytes[end - 1] === 0;
		return bytes.subarray(start + 3, isLong ? end - 1 : end);
	});
};

const startCode = Buffer.from([0, 0, 1]);

/** A first slice begins a picture, and takes what stands before it along. */
const splitPictures = (nals: Buffer[], {isSlice, isFirst}: Codec): Buffer[][] => {
	const pictures: Buffer[][] = [];
	let before: Buffer[] = [];
	for (const nal of nals) {
		if (!isSlice(nal)) before.push(nal);
		else if (isFirst(nal)) {
			pictures.push([...before, nal]);
			before = [];
		} else pictures.at(-1)!.push(nal);
	}
	return pictures;
};
