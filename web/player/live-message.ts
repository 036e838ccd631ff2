// The binary messages of the live protocol (docs/reference/live-protocol.md).

export type LiveHeader = {
	type: 'init' | 'media';
	isKey: boolean;
	isDiscontinuity: boolean;
	track: number;
	sequence: number;
	/** Microseconds of the media. */
	presentationUs: number;
	/** Microseconds of the server's clock. */
	captureUs: number;
};

export type LiveMedia = {header: LiveHeader; payload: Uint8Array<ArrayBuffer>};

/** What an init section is of, and the section. */
export type LiveInit = {mime: string; section: Uint8Array<ArrayBuffer>};

const headerBytes = 24;

/** Undefined: a message of a kind that this player does not know. */
export const parseMedia = (message: ArrayBuffer): LiveMedia | undefined => {
	if (message.byteLength < headerBytes) return undefined;
	const view = new DataView(message);
	const type = types[view.getUint8(0)];
	if (!type) return undefined;
	const flags = view.getUint8(1);
	const header = {
		type,
		isKey: (flags & 1) !== 0,
		isDiscontinuity: (flags & 4) !== 0,
		track: view.getUint8(2),
		sequence: view.getUint32(4),
		presentationUs: Number(view.getBigInt64(8)),
		captureUs: Number(view.getBigInt64(16)),
	};
	return {header, payload: new Uint8Array(message, headerBytes)};
};

const types: readonly (LiveHeader['type'] | undefined)[] = [undefined, 'init', 'media'];

/** The payload of an init message. */
export const parseInit = (payload: Uint8Array<ArrayBuffer>): LiveInit => {
	const length = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
	const mime = new TextDecoder().decode(payload.subarray(2, 2 + length));
	return {mime, section: payload.subarray(2 + length)};
};
