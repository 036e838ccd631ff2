/** Bytes `start` to `end`, the end not included. */
export type ByteRange = {start: number; end: number};

/**
 * What a Range header asks of `size` bytes (RFC 9110 section 14.2). Undefined: all of it, which is also
 * the answer to several ranges and to other units. `none`: nothing of it is there.
 */
export const parseRange = (
	header: string | undefined,
	size: number,
): ByteRange | 'none' | undefined => {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(' ', '') ?? '');
	if (!match || (match[1] === '' && match[2] === '')) return undefined;
	const [first, last] = [match[1] ?? '', match[2] ?? ''];
	if (first === '') return lastBytes(Number(last), size);
	const start = Number(first);
	const end = last === '' ? size : Math.min(Number(last) + 1, size);
	if (last !== '' && Number(last) < start) return undefined;
	return start < size ? {start, end} : 'none';
};

const lastBytes = (count: number, size: number): ByteRange | 'none' =>
	count === 0 || size === 0 ? 'none' : {start: Math.max(0, size - count), end: size};
