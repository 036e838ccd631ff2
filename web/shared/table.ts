import {make, setText} from './dom.ts';

export type Column<Row> = readonly [title: string, text: (row: Row) => string];

/** A table whose rows change in place, so that nothing flickers or loses its selection. */
export class Table<Row> {
	readonly #columns: readonly Column<Row>[];
	readonly #body = make('tbody', '');

	constructor(element: HTMLTableElement, columns: readonly Column<Row>[]) {
		this.#columns = columns;
		const head = make('tr', '', ...columns.map(([title]) => make('th', '', title)));
		element.replaceChildren(make('thead', '', head), this.#body);
	}

	show(rows: readonly Row[]): void {
		while (this.#body.rows.length > rows.length) this.#body.deleteRow(-1);
		for (const [index, row] of rows.entries()) this.#fill(this.#rowAt(index), row);
	}

	#rowAt(index: number): HTMLTableRowElement {
		const known = this.#body.rows[index];
		if (known) return known;
		const row = make('tr', '', ...this.#columns.map(() => make('td', '')));
		this.#body.append(row);
		return row;
	}

	#fill(element: HTMLTableRowElement, row: Row): void {
		for (const [index, [, text]] of this.#columns.entries()) {
			const cell = element.cells[index];
			if (cell) setText(cell, text(row));
		}
	}
}
