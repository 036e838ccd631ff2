// SRTP with AES-CM and HMAC-SHA1 (RFC 3711), worked out here on its own: what native code opens was not made by it.
import {createCipheriv, createHmac} from 'node:crypto';

/** Both directions of one master key with its salt, 30 bytes. */
export class SrtpPeer {
	readonly #key: Buffer;
	readonly #tagBytes: number;
	#rollovers = 0;
	#last = -1;
	#rtcpIndex = 0;

	constructor(key: Uint8Array, tagBytes = 10) {
		this.#key = Buffer.from(key);
		this.#tagBytes = tagBytes;
	}

	/** Section 3.3. */
	protectRtp(packet: Buffer): Buffer {
		const sequence = packet.readUInt16BE(2);
		if (sequence < this.#last - 0x8000) this.#rollovers++;
		this.#last = sequence;
		const index = this.#rollovers * 65_536 + sequence;
		const sealed = Buffer.concat([packet.subarray(0, 12), this.#crypt(0, packet, 12, index)]);
		const rollovers = Buffer.alloc(4);
		rollovers.writeUInt32BE(this.#rollovers);
		return Buffer.concat([sealed, this.#tag(1, [sealed, rollovers], this.#tagBytes)]);
	}

	/** Undefined: it is not authentic, or its source has passed number 0. */
	openRtp(packet: Buffer): Buffer | undefined {
		const sealed = packet.subarray(0, -this.#tagBytes);
		const tag = this.#tag(1, [sealed, Buffer.alloc(4)], this.#tagBytes);
		if (!tag.equals(packet.subarray(-this.#tagBytes))) return undefined;
		const index = packet.readUInt16BE(2);
		return Buffer.concat([sealed.subarray(0, 12), this.#crypt(0, sealed, 12, index)]);
	}

	/** Section 3.4. */
	protectRtcp(packet: Buffer): Buffer {
		const index = this.#rtcpIndex++;
		const trailer = Buffer.alloc(4);
		trailer.writeUInt32BE((0x8000_0000 + index) >>> 0);
		const sealed = Buffer.concat([
			packet.subarray(0, 8),
			this.#crypt(3, packet, 8, index),
			trailer,
		]);
		return Buffer.concat([sealed, this.#tag(4, [sealed], 10)]);
	}

	/** Undefined: it is not authentic. */
	openRtcp(packet: Buffer): Buffer | undefined {
		if (packet.length < 22) return undefined;
		const sealed = packet.subarray(0, -10);
		if (!this.#tag(4, [sealed], 10).equals(packet.subarray(-10))) return undefined;
		const index = sealed.readUInt32BE(sealed.length - 4) & 0x7fff_ffff;
		const body = sealed.subarray(0, -4);
		return Buffer.concat([body.subarray(0, 8), this.#crypt(3, body, 8, index)]);
	}

	/** Section 4.1.1. `label` of the key of encryption; that of the salt is two further. */
	#crypt(label: number, packet: Buffer, from: number, index: number): Buffer {
		const iv = Buffer.concat([this.#derive(label + 2, 14), Buffer.alloc(2)]);
		const ssrc = packet.readUInt32BE(from - 4);
		for (let byte = 0; byte < 4; byte++) iv[4 + byte]! ^= (ssrc >>> (24 - 8 * byte)) & 0xff;
		for (let byte = 0; byte < 6; byte++)
			iv[8 + byte]! ^= Math.floor(index / 2 ** (40 - 8 * byte)) & 0xff;
		return createCipheriv('aes-128-ctr', this.#derive(label, 16), iv).update(packet.subarray(from));
	}

	#tag(label: number, parts: Buffer[], bytes: number): Buffer {
		const hmac = createHmac('sha1', this.#derive(label, 20));
		for (const part of parts) hmac.update(part);
		return hmac.digest().subarray(0, bytes);
	}

	/** Section 4.3. */
	#derive(label: number, bytes: number): Buffer {
		const iv = Buffer.concat([this.#key.subarray(16), Buffer.alloc(2)]);
		iv[7]! ^= label;
		return createCipheriv('aes-128-ctr', this.#key.subarray(0, 16), iv).update(Buffer.alloc(bytes));
	}
}
