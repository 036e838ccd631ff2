/** The media of one track on its way into a SourceBuffer, which takes one thing at a time. */
export class TrackBuffer {
	readonly #source: SourceBuffer;
	readonly #video: HTMLVideoElement;
	#waiting: Uint8Array<ArrayBuffer>[] = [];
	#mime: string;
	#init: Uint8Array | undefined;
	#isClosed = false;

	constructor(source: SourceBuffer, video: HTMLVideoElement, mime: string) {
		this.#source = source;
		this.#video = video;
		this.#mime = mime;
		source.mode = 'segments';
		source.addEventListener('updateend', () => this.#pump());
	}

	/** Once is enough, until it is another. */
	addInit(mime: string, section: Uint8Array<ArrayBuffer>): void {
		if (this.#init && isSame(this.#init, section)) return;
		this.#init = section;
		if (mime !== this.#mime) this.#source.changeType(mime);
		this.#mime = mime;
		this.add(section);
	}

	add(bytes: Uint8Array<ArrayBuffer>): void {
		this.#waiting.push(bytes);
		this.#pump();
	}

	/** It touches the SourceBuffer no more, which may be none of its MediaSource from now on. */
	close(): void {
		this.#isClosed = true;
	}

	#pump(): void {
		if (this.#isClosed || this.#source.updating) return;
		if (this.#trim() || this.#waiting.length === 0) return;
		const bytes = joined(this.#waiting.splice(0));
		try {
			this.#source.appendBuffer(bytes);
		} catch (error) {
			if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
			// It goes on with the next picture, when there is room again.
			this.#trim(keptWhenFull);
		}
	}

	/** Forgets what was shown; true: it is at it. */
	#trim(kept = keptSeconds): boolean {
		const {buffered} = this.#source;
		const end = this.#video.currentTime - kept;
		const tooMuch = kept === keptSeconds ? 2 * keptSeconds : 0;
		if (buffered.length === 0 || buffered.start(0) > end - tooMuch + keptSeconds) return false;
		this.#source.remove(0, end);
		return true;
	}
}

const keptSeconds = 10;
const keptWhenFull = 1;

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
	a.length === b.length && a.every((byte, index) => byte === b[index]);

const joined = (parts: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> => {
	const [first] = parts;
	if (first && parts.length === 1) return first;
	const all = new Uint8Array(parts.reduce((sum, {length}) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
};
