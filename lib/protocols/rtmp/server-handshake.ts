// The server's half of RTMP's handshake (RTMP 1.0, section 5.2), and of the one with digests that Flash Media Server had:
// some encoders send on only where theirs is answered.
import {createHmac, randomFillSync} from 'node:crypto';
import type {HandshakeStep} from './client-handshake.ts';

const version = 3;
const blockBytes = 1536;
const digestBytes = 32;
/** Where a digest begins: behind four bytes whose sum says so, in one of two places. */
const digestPlaces = [8, 772];
const digestSpread = 728;

/** What Flash was shipped with. */
const secret = Buffer.from(
	'f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae',
	'hex',
);
const clientName = Buffer.from('Genuine Adobe Flash Player 001');
const serverName = Buffer.from('Genuine Adobe Flash Media Server 001');
const serverVersion = Buffer.from([4, 5, 0, 1]);

/** Takes the client's bytes up to the end of its handshake. */
export class ServerHandshake {
	#taken = Buffer.alloc(0);
	#hasReplied = false;

	/** The end has come with `rest` or `refusal`. */
	take(bytes: Uint8Array): HandshakeStep {
		this.#taken = Buffer.concat([this.#taken, bytes]);
		const [first = version] = this.#taken;
		if (first !== version) return {refusal: `a handshake of version ${first}`};
		if (this.#taken.length < 1 + blockBytes) return {};
		const reply = this.#hasReplied ? undefined : answerTo(this.#taken.subarray(1, 1 + blockBytes));
		this.#hasReplied = true;
		// What comes back of ours need not be looked at: many send something else.
		const end = 1 + 2 * blockBytes;
		const rest = this.#taken.length < end ? undefined : this.#taken.subarray(end);
		return {...(reply && {reply}), ...(rest && {rest})};
	}
}

const answerTo = (greeting: Buffer): Buffer => {
	const [own, echo] = [randomBlock(), Buffer.from(greeting)];
	const place = digestPlaces.find(it => hasDigest(greeting, it));
	if (place !== undefined) {
		serverVersion.copy(own, 4);
		writeDigest(own, place);
		writeProof(echo, digestOf(greeting, place));
	}
	return Buffer.concat([Buffer.from([version]), own, echo]);
};

/** Its first eight bytes, time and version, are zero. */
const randomBlock = (): Buffer => randomFillSync(Buffer.alloc(blockBytes), 8);

const digestAt = (block: Buffer, place: number): number => {
	const sum = block.subarray(place, place + 4).reduce((total, byte) => total + byte, 0);
	return place + 4 + (sum % digestSpread);
};

const digestOf = (block: Buffer, place: number): Buffer => {
	const at = digestAt(block, place);
	return block.subarray(at, at + digestBytes);
};

/** Of all but the digest itself. */
const computeDigest = (block: Buffer, place: number, name: Buffer): Buffer => {
	const at = digestAt(block, place);
	return hmac(name, Buffer.concat([block.subarray(0, at), block.subarray(at + digestBytes)]));
};

const hasDigest = (greeting: Buffer, place: number): boolean =>
	greeting.readUInt32BE(4) !== 0 &&
	computeDigest(greeting, place, clientName).equals(digestOf(greeting, place));

const writeDigest = (block: Buffer, place: number): void => {
	computeDigest(block, place, serverName).copy(block, digestAt(block, place));
};

/** That we know whom we answer. */
const writeProof = (block: Buffer, clientDigest: Buffer): void => {
	const key = hmac(Buffer.concat([serverName, secret]), clientDigest);
	randomFillSync(block);
	const end = blockBytes - digestBytes;
	hmac(key, block.subarray(0, end)).copy(block, end);
};

const hmac = (key: Buffer, bytes: Buffer): Buffer =>
	createHmac('sha256', key).update(bytes).digest();
