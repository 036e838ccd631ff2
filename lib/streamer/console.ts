import {visible} from '../util/visible.ts';

/** Where lines go: standard error, as far as it is used. */
export type ConsoleStream = {
	readonly isTTY?: boolean;
	readonly columns?: number;
	write(text: string): unknown;
};

const up = '\u001b[1A';
const eraseLine = '\r\u001b[2K';
const eraseBelow = '\r\u001b[J';
const keepCursor = '\u001b7';
const restoreCursor = '\u001b8';

/**
 * Lines for people. On a terminal the last one tells the state and is written anew in its place; the cursor stands
 * on the line below, where words are typed.
 */
export class Console {
	readonly #stream: ConsoleStream;
	#status: string | undefined;
	/** How much of it, in characters. */
	#shown = 0;

	constructor(stream: ConsoleStream) {
		this.#stream = stream;
	}

	get isTerminal(): boolean {
		return this.#stream.isTTY === true;
	}

	get #columns(): number {
		return this.#stream.columns || 80;
	}

	/** What strangers say may be in it: it stays one line and cannot steer the terminal. */
	line(text: string): void {
		const status = this.#status;
		this.#erase();
		this.#stream.write(`${visible(text)}\n`);
		if (status !== undefined) this.status(status);
	}

	/** Of several lines, and trusted. */
	text(text: string): void {
		this.#stream.write(`${text}\n`);
	}

	/** Nothing where there is no terminal; a narrow one cuts it. */
	status(text: string): void {
		if (!this.isTerminal) return;
		const cut = text.slice(0, Math.max(1, this.#columns - 1));
		const isNew = this.#status === undefined;
		this.#stream.write(isNew ? `${cut}\n` : `${keepCursor}${up}${eraseLine}${cut}${restoreCursor}`);
		this.#status = text;
		this.#shown = cut.length;
	}

	/** Terminals break what is too long for them now into several lines, and join it again. */
	resized(): void {
		const status = this.#status;
		if (status === undefined) return;
		const lines = Math.ceil(this.#shown / this.#columns);
		this.#stream.write(`${up.repeat(lines)}${eraseBelow}`);
		this.#status = undefined;
		this.status(status);
	}

	/** Somebody has pressed Enter: the line with what they typed goes. */
	typed(): void {
		if (this.#status !== undefined) this.#stream.write(`${up}${eraseLine}`);
	}

	/** Others write to the terminal now: the status stays where it is. */
	leave(): void {
		this.#status = undefined;
	}

	/** Takes the status away. */
	close(): void {
		this.#erase();
	}

	#erase(): void {
		if (this.#status !== undefined) this.#stream.write(`${eraseLine}${up}${eraseLine}`);
		this.#status = undefined;
	}
}
