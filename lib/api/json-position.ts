// Where a text stops being JSON (RFC 8259). V8 knows it and tells it for some mistakes only.

/** Index of the first character that no JSON text could have there; its length when it only ends too early. */
export const jsonBreak = (text: string): number => {
	const reader = {text, at: 0};
	if (!value(reader, 0)) return reader.at;
	skip(reader, space);
	return reader.at;
};

type Reader = {text: string; at: number};

const space = /[ \t\n\r]*/y;
const scalar =
	/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

const skip = (reader: Reader, pattern: RegExp): boolean => {
	pattern.lastIndex = reader.at;
	const match = pattern.exec(reader.text);
	if (match) reader.at += match[0].length;
	return match !== null;
};

const take = (reader: Reader, character: string): boolean => {
	skip(reader, space);
	const isThere = reader.text[reader.at] === character;
	if (isThere) reader.at++;
	return isThere;
};

// Deeper is no configuration, and could exhaust the stack.
const maxDepth = 100;

const value = (reader: Reader, depth: number): boolean => {
	if (depth > maxDepth) return false;
	if (take(reader, '{')) return items(reader, '}', () => member(reader, depth));
	if (take(reader, '[')) return items(reader, ']', () => value(reader, depth + 1));
	return skip(reader, scalar);
};

const member = (reader: Reader, depth: number): boolean => {
	skip(reader, space);
	return skip(reader, string) && take(reader, ':') && value(reader, depth + 1);
};

const items = (reader: Reader, end: string, item: () => boolean): boolean => {
	if (take(reader, end)) return true;
	do if (!item()) return false;
	while (take(reader, ','));
	return take(reader, end);
};
