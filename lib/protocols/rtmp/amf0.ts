// Action Message Format 0, in which RTMP's commands are written.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';

export type Amf = number | boolean | string | null | undefined | Date | Amf[] | AmfObject;
/** Without a prototype where it was read: names are the peer's. */
export type AmfObject = {[name: string]: Amf};

/** The values one after the other. */
export const formatAmf0 = (values: readonly Amf[]): Buffer => Buffer.concat(values.flatMap(format));

/** All values that there are; what is not AMF0 refuses the whole. */
export const parseAmf0 = (bytes: Uint8Array): Parsed<Amf[]> => {
	const reader = new Reader(bytes);
	const values: Amf[] = [];
	try {
		while (!reader.isAtEnd) values.push(readValue(reader, 0));
	} catch (error) {
		if (error instanceof NotAmf) return unparsed(error.message);
		throw error;
	}
	return parsed(values);
};

const marker = {
	number: 0,
	boolean: 1,
	string: 2,
	object: 3,
	null: 5,
	undefined: 6,
	list: 8,
	end: 9,
	array: 10,
	date: 11,
	longString: 12,
	unsupported: 13,
	xml: 15,
	typedObject: 16,
} as const;

const longestShort = 0xffff;
/** Nobody nests deeper, and what is read must not use up the stack. */
const deepest = 32;

const format = (value: Amf): Buffer[] => {
	if (value === undefined) return [byte(marker.undefined)];
	if (value === null) return [byte(marker.null)];
	if (typeof value === 'number') return [byte(marker.number), double(value)];
	if (typeof value === 'boolean') return [byte(marker.boolean), byte(value ? 1 : 0)];
	if (typeof value === 'string') return formatString(value);
	if (value instanceof Date) return [byte(marker.date), double(value.getTime()), Buffer.alloc(2)];
	if (Array.isArray(value))
		return [byte(marker.array), word32(value.length), ...value.flatMap(format)];
	return [byte(marker.object), ...formatMembers(value)];
};

/** Also called ECMA array; `onMetaData` is one. */
export const formatList = (object: AmfObject): Buffer =>
	Buffer.concat([byte(marker.list), word32(Object.keys(object).length), ...formatMembers(object)]);

const formatMembers = (object: AmfObject): Buffer[] => [
	...Object.entries(object).flatMap(([name, value]) => [...shortText(name), ...format(value)]),
	...shortText(''),
	byte(marker.end),
];

const formatString = (text: string): Buffer[] => {
	const bytes = Buffer.from(text);
	if (bytes.length <= longestShort) return [byte(marker.string), ...shortText(text)];
	return [byte(marker.longString), word32(bytes.length), bytes];
};

const shortText = (text: string): Buffer[] => {
	const bytes = Buffer.from(text).subarray(0, longestShort);
	return [Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes];
};

const byte = (value: number): Buffer => Buffer.from([value]);

const word32 = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
};

const double = (value: number): Buffer => {
	const bytes = Buffer.alloc(8);
	bytes.writeDoubleBE(value);
	return bytes;
};

class NotAmf extends Error {}

class Reader {
	readonly #bytes: Buffer;
	#at = 0;

	constructor({buffer, byteOffset, byteLength}: Uint8Array) {
		this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
	}

	get isAtEnd(): boolean {
		return this.#at === this.#bytes.length;
	}

	byte(): number {
		return this.#take(1).readUInt8();
	}

	number(): number {
		return this.#take(8).readDoubleBE();
	}

	length32(): number {
		return this.#take(4).readUInt32BE();
	}

	skip(count: number): void {
		this.#take(count);
	}

	shortText(): string {
		return this.#text(this.#take(2).readUInt16BE());
	}

	longText(): string {
		return this.#text(this.length32());
	}

	/** The end of an object's members. */
	skipsEnd(): boolean {
		const end = this.#bytes.subarray(this.#at, this.#at + 3);
		if (end.length < 3 || end.readUIntBE(0, 3) !== marker.end) return false;
		this.#at += 3;
		return true;
	}

	#text(length: number): string {
		return this.#take(length).toString();
	}

	#take(count: number): Buffer {
		const left = this.#bytes.length - this.#at;
		if (left < count) throw new NotAmf(`expected ${count} bytes more, got ${left}`);
		this.#at += count;
		return this.#bytes.subarray(this.#at - count, this.#at);
	}
}

const readValue = (reader: Reader, depth: number): Amf => {
	if (depth > deepest) throw new NotAmf(`expected at most ${deepest} values within each other`);
	const type = reader.byte();
	switch (type) {
		case marker.number:
			return reader.number();
		case marker.boolean:
			return reader.byte() !== 0;
		case marker.string:
			return reader.shortText();
		case marker.longString:
		case marker.xml:
			return reader.longText();
		case marker.object:
			return readMembers(reader, depth);
		case marker.typedObject:
			reader.shortText();
			return readMembers(reader, depth);
		case marker.list:
			reader.length32();
			return readMembers(reader, depth);
		case marker.array:
			return readArray(reader, depth);
		case marker.null:
			return null;
		case marker.undefined:
		case marker.unsupported:
			return undefined;
		case marker.date: {
			const date = new Date(reader.number());
			reader.skip(2);
			return date;
		}
		default:
			throw new NotAmf(`expected a value, got one of type ${type}`);
	}
};

/** Some leave out the end where the message has one. */
const readMembers = (reader: Reader, depth: number): AmfObject => {
	const members = Object.create(null) as AmfObject;
	while (!reader.isAtEnd && !reader.skipsEnd()) {
		const name = reader.shortText();
		members[name] = readValue(reader, depth + 1);
	}
	return members;
};

const readArray = (reader: Reader, depth: number): Amf[] => {
	const values: Amf[] = [];
	for (let left = reader.length32(); left > 0; left--) values.push(readValue(reader, depth + 1));
	return values;
};
