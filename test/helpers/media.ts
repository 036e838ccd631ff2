import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** One access unit: NAL units without start codes, and its presentation time in 90 kHz. */
export type Picture = {nals: Buffer[]; pts: number; isKey: boolean};

export type PictureName = 'plain' | 'other' | 'bframes' | 'slices';

/** Four seconds at 25 pictures a second, a key frame every second. */
export const loadPictures = (name: PictureName): Picture[] => {
	const pts = read(`${name}.pts`).toString().split(/\s+/).filter(Boolean).map(Number);
	return splitPictures(splitNals(read(`${name}.h264`))).map((nals, index) => ({
		nals,
		pts: pts[index]!,
		isKey: nals.some(nal => nalType(nal) === 5),
	}));
};

export const nalType = (nal: Buffer): number => nal[0]! & 0x1f;

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

/** A slice whose first_mb_in_slice is 0 begins a picture, and takes what stands before it along. */
const splitPictures = (nals: Buffer[]): Buffer[][] => {
	const pictures: Buffer[][] = [];
	let before: Buffer[] = [];
	for (const nal of nals) {
		const isSlice = nalType(nal) === 1 || nalType(nal) === 5;
		if (!isSlice) before.push(nal);
		else if (nal[1]! & 0x80) {
			pictures.push([...before, nal]);
			before = [];
		} else pictures.at(-1)!.push(nal);
	}
	return pictures;
};
