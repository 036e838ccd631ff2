// Rows of a table that say one thing each of their subject, where it has it.
import {formatFact} from './table.ts';

export type Fact<Subject> = readonly [
	label: string,
	value: (subject: Subject) => string | undefined,
];

export const formatFacts = <Subject>(facts: readonly Fact<Subject>[], subject: Subject): string[] =>
	facts.flatMap(([label, value]) => {
		const text = value(subject);
		return text === undefined ? [] : formatFact(label, text);
	});

export const list = (...parts: (string | false | undefined | null)[]): string =>
	parts.filter(Boolean).join(', ');

export const chromaName = (formatIdc: number): string => chroma[formatIdc] ?? '?';

const chroma = ['4:0:0', '4:2:0', '4:2:2', '4:4:4'];
