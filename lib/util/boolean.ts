const words: Record<string, boolean> = {
	true: true,
	yes: true,
	on: true,
	false: false,
	no: false,
	off: false,
};

/** YAML 1.1 knew six words for yes and no, YAML 1.2 two; all of them count, as they do in MediaMTX's files. */
export const parseBoolean = (text: string): boolean | undefined =>
	Object.hasOwn(words, text.toLowerCase()) ? words[text.toLowerCase()] : undefined;
