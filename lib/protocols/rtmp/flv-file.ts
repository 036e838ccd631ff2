// What JavaScript writes of a file of FLV (Adobe Flash Video File Format Specification 10.1, annex E).
import type {PlayTracks} from './codecs.ts';

/** The head of a file, and the size of no tag before the first one. */
export const formatFileHead = ({video, audio}: PlayTracks): Buffer => {
	const flags = (video === undefined ? 0 : hasVideo) | (audio === undefined ? 0 : hasAudio);
	return Buffer.concat([Buffer.from('FLV'), Buffer.from([version, flags, 0, 0, 0, 9, 0, 0, 0, 0])]);
};

/** At time 0, with its size behind it. */
export const formatTag = (type: number, payload: Buffer): Buffer => {
	const head = Buffer.alloc(11);
	head.writeUInt8(type);
	head.writeUIntBE(payload.length, 1, 3);
	const size = Buffer.alloc(4);
	size.writeUInt32BE(head.length + payload.length);
	return Buffer.concat([head, payload, size]);
};

const version = 1;
const hasVideo = 1;
const hasAudio = 4;
