import type {Picture} from './media.ts';

/** The fields of one RTP packet (RFC 3550 section 5.1). */
export type Packet = {
	payloadType: number;
	marker: boolean;
	sequence: number;
	timestamp: number;
	ssrc: number;
	payload: Buffer;
};

export const formatPacket = (packet: Packet): Buffer => {
	const header = Buffer.alloc(12);
	header[0] = 0x80;
	header[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
	header.writeUInt16BE(packet.sequence & 0xffff, 2);
	header.writeUInt32BE(packet.timestamp >>> 0, 4);
	header.writeUInt32BE(packet.ssrc >>> 0, 8);
	return Buffer.concat([header, packet.payload]);
};

/** An interleaved frame (RFC 2326 section 10.12). */
export const interleave = (channel: number, bytes: Buffer): Buffer => {
	const header = Buffer.from([0x24, channel, 0, 0]);
	header.writeUInt16BE(bytes.length, 2);
	return Buffer.concat([header, bytes]);
};

/** RFC 6184 sections 5.6 and 5.8: small NAL units alone, others as FU-A. */
export const picturePayloads = ({nals}: Picture, maxBytes = 1200): Buffer[] =>
	nals.flatMap(nal => (nal.length <= maxBytes ? [nal] : fragment(nal, maxBytes)));

/** The same for H.265: RFC 7798 sections 4.4.1 and 4.4.3. */
export const hevcPayloads = ({nals}: Picture, maxBytes = 1200): Buffer[] =>
	nals.flatMap(nal => (nal.length <= maxBytes ? [nal] : fragmentHevc(nal, maxBytes)));

/** RFC 3640 section 3.2.1 in mode AAC-hbr, one unit a packet. */
export const soundPayload = (unit: Buffer): Buffer => {
	const header = Buffer.from([0, 16, 0, 0]);
	header.writeUInt16BE(unit.length << 3, 2);
	return Buffer.concat([header, unit]);
};

/** RFC 6184 section 5.7.1. */
export const aggregate = (nals: Buffer[]): Buffer =>
	Buffer.concat([
		Buffer.from([(nals[0]![0]! & 0x60) | 24]),
		...nals.flatMap(nal => [Buffer.from([nal.length >> 8, nal.length & 0xff]), nal]),
	]);

/** RFC 3550 section 6.4.1, without report blocks. */
export const senderReport = (ssrc: number, ntpSeconds: number, timestamp: number): Buffer => {
	const report = Buffer.alloc(28);
	report.set([0x80, 200, 0, 6]);
	report.writeUInt32BE(ssrc >>> 0, 4);
	report.writeUInt32BE(Math.floor(ntpSeconds) >>> 0, 8);
	report.writeUInt32BE(Math.floor((ntpSeconds % 1) * 2 ** 32), 12);
	report.writeUInt32BE(timestamp >>> 0, 16);
	return report;
};

/** RFC 3550 section 6.6. */
export const goodbye = (ssrc: number): Buffer => {
	const packet = Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 0]);
	packet.writeUInt32BE(ssrc >>> 0, 4);
	return packet;
};

/** The sources of which a compound packet says that a picture was lost (RFC 4585 section 6.3.1). */
export const lostPictures = (compound: Buffer): number[] => {
	const sources: number[] = [];
	for (let at = 0; at + 12 <= compound.length; at += 4 + 4 * compound.readUInt16BE(at + 2))
		if (compound[at] === 0x81 && compound[at + 1] === 206)
			sources.push(compound.readUInt32BE(at + 8));
	return sources;
};

const fragment = (nal: Buffer, maxBytes: number): Buffer[] =>
	pieces(nal.subarray(1), maxBytes, flags =>
		Buffer.from([(nal[0]! & 0xe0) | 28, flags | (nal[0]! & 0x1f)]),
	);

const fragmentHevc = (nal: Buffer, maxBytes: number): Buffer[] =>
	pieces(nal.subarray(2), maxBytes, flags =>
		Buffer.from([(nal[0]! & 0x81) | (49 << 1), nal[1]!, flags | ((nal[0]! >> 1) & 0x3f)]),
	);

/** `head` is told whether it begins or ends the NAL unit, as the FU header says it. */
const pieces = (body: Buffer, maxBytes: number, head: (flags: number) => Buffer): Buffer[] => {
	const count = Math.ceil(body.length / maxBytes);
	return Array.from({length: count}, (_, index) => {
		const flags = (index === 0 ? 0x80 : 0) | (index === count - 1 ? 0x40 : 0);
		return Buffer.concat([head(flags), body.subarray(index * maxBytes, (index + 1) * maxBytes)]);
	});
};
