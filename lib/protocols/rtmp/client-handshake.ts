import {randomFillSync} from 'node:crypto';

/** What is to be written, and what of the bytes is not the handshake's any more. */
export type HandshakeStep = {reply?: Buffer; rest?: Buffer; refusal?: string};

const version = 3;
const blockBytes = 1536;

/** The client's half of RTMP's simple handshake, which every server takes (RTMP 1.0, section 5.2). */
export class ClientHandshake {
	#taken = Buffer.alloc(0);
	#hasReplied = false;

	/** What is written first. */
	greeting(): Buffer {
		const greeting = Buffer.alloc(1 + blockBytes);
		greeting.writeUInt8(version);
		randomFillSync(greeting, 9);
		return greeting;
	}

	/** The end has come with `rest` or `refusal`. */
	take(bytes: Uint8Array): HandshakeStep {
		this.#taken = Buffer.concat([this.#taken, bytes]);
		const [first = version] = this.#taken;
		if (first !== version) return {refusal: refusalOf(this.#taken)};
		if (this.#taken.length < 1 + blockBytes) return {};
		// The server's own block is given back to it.
		const reply = this.#hasReplied ? undefined : this.#taken.subarray(1, 1 + blockBytes);
		this.#hasReplied = true;
		const end = 1 + 2 * blockBytes;
		const rest = this.#taken.length < end ? undefined : this.#taken.subarray(end);
		return {...(reply && {reply}), ...(rest && {rest})};
	}
}

const refusalOf = (bytes: Buffer): string =>
	bytes.subarray(0, 5).toString('latin1') === 'HTTP/'
		? 'a web server answers there'
		: 'what answers there speaks no RTMP';
