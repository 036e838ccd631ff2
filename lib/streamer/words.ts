/** What standard input may say. */
export type Word = 'play' | 'pause' | 'exit';

export type Heard = {type: 'word'; word: Word} | {type: 'nonsense'};

/** A line may be this long, in bytes; what is beyond is nonsense and not kept. */
export const maxLineBytes = 1024;

const newline = 0x0a;

/** Finds words in what comes in, in pieces of any size; keeps no more than a line of the greatest length. */
export class WordReader {
	#line: Buffer[] = [];
	#bytes = 0;

	/** What the piece completes: known words in order; nonsense in a row is told once. */
	read(piece: Buffer): Heard[] {
		const heard: Heard[] = [];
		let from = 0;
		for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, from)) {
			this.#add(piece.subarray(from, end), heard);
			this.#endLine(heard);
			from = end + 1;
		}
		this.#add(piece.subarray(from), heard);
		return heard;
	}

	/** The last line may lack its end. */
	end(): Heard[] {
		const heard: Heard[] = [];
		this.#endLine(heard);
		return heard;
	}

	/** A line that is too long is told at once, and then skipped up to its end. */
	#add(piece: Buffer, heard: Heard[]): void {
		const isKnownTooLong = this.#bytes > maxLineBytes;
		this.#bytes = Math.min(this.#bytes + piece.length, maxLineBytes + 1);
		if (this.#bytes <= maxLineBytes) {
			// A copy, so that a byte does not hold the piece that it came in.
			if (piece.length > 0) this.#line.push(Buffer.from(piece));
		} else if (!isKnownTooLong) {
			this.#line = [];
			tell(heard, {type: 'nonsense'});
		}
	}

	#endLine(heard: Heard[]): void {
		const text = Buffer.concat(this.#line).toString('latin1').trim().toLowerCase();
		this.#line = [];
		this.#bytes = 0;
		if (isWord(text)) heard.push({type: 'word', word: text});
		else if (text !== '') tell(heard, {type: 'nonsense'});
	}
}

const words: readonly string[] = ['play', 'pause', 'exit'] satisfies Word[];

const isWord = (text: string): text is Word => words.includes(text);

const tell = (heard: Heard[], what: Heard): void => {
	if (heard.at(-1)?.type !== 'nonsense') heard.push(what);
};
