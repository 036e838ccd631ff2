/** One column of a table: how wide, and what stands in it. */
export type Column<Row> = {
	title: string;
	/** Negative: flush left; 0: as long as it is, for the last one. */
	width: number;
	cell: (row: Row) => string;
};

export const lineWidth = 80;

/** A title line and a line for each row; a cell that is too long moves the rest of its line. */
export const formatTable = <Row>(
	columns: readonly Column<Row>[],
	rows: readonly Row[],
): string[] => {
	const line = (cellOf: (column: Column<Row>) => string) =>
		`  ${columns.map(column => pad(cellOf(column), column.width)).join(' ')}`
			.trimEnd()
			.slice(0, lineWidth);
	return [line(({title}) => title), ...rows.map(row => line(({cell}) => cell(row)))];
};

const labelWidth = 14;

/** `  label         value`, the value broken at blanks so that no line is too long. */
export const formatFact = (label: string, value: string): string[] =>
	wrap(value, lineWidth - labelWidth - 2).map(
		(line, index) => `  ${(index === 0 ? label : '').padEnd(labelWidth)}${line}`,
	);

/** Lines of at most `width`; a word that is longer stays whole. */
export const wrap = (text: string, width: number): string[] => {
	const lines: string[] = [];
	for (const word of text.split(' ')) {
		const last = lines.at(-1);
		if (last !== undefined && last.length + 1 + word.length <= width)
			lines[lines.length - 1] = `${last} ${word}`;
		else lines.push(word);
	}
	return lines;
};

const pad = (text: string, width: number): string =>
	width < 0 ? text.padEnd(-width) : text.padStart(width);
