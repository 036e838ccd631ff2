// The `key=value;key` lists that Transport, Session, RTP-Info and fmtp share.

/** One `key` or `key=value`; the value is as on the wire without blanks around it. */
export type Parameter = {key: string; value: string | undefined};

/** Empty parts (a trailing separator) are dropped, keys keep their case. */
export const parseParameters = (text: string, separator = ';'): Parameter[] =>
	text
		.split(separator)
		.map(part => part.trim())
		.filter(part => part !== '')
		.map(parseParameter);

export const formatParameters = (parameters: Parameter[], separator = ';'): string =>
	parameters.map(({key, value}) => (value === undefined ? key : `${key}=${value}`)).join(separator);

/** The value of a key in any case; a key without `=` has the value ''. */
export const parameterOf = (parameters: Parameter[], key: string): string | undefined => {
	const found = parameters.find(parameter => parameter.key.toLowerCase() === key);
	return found && (found.value ?? '');
};

/** A whole number in decimal, or undefined for anything else. */
export const parseNumber = (text: string | undefined, max: number): number | undefined => {
	if (text === undefined || !/^\s*\d{1,15}\s*$/.test(text)) return undefined;
	const number = Number(text);
	return number <= max ? number : undefined;
};

const parseParameter = (part: string): Parameter => {
	const equals = part.indexOf('=');
	return equals < 0
		? {key: part, value: undefined}
		: {key: part.slice(0, equals).trim(), value: part.slice(equals + 1).trim()};
};
