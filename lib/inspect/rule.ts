/** A kind of remark: its code, and what it says of what was seen, if anything. */
export type Rule<Subject extends unknown[]> = readonly [
	code: string,
	says: (...subject: Subject) => string | undefined,
];

/** A sentence where it holds, else nothing. */
export const when = (holds: boolean, text: () => string): string | undefined =>
	holds ? text() : undefined;
