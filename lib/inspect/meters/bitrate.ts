import {burstUs} from './burst.ts';

export type BitrateFigures = {
	bytes: number;
	/** Mean; null where all came at once. */
	bps: number | null;
	/** Of the whole second with the most; null where there was none. */
	peakBps: number | null;
};

/** Bytes of RTP packets over the time in which they arrived; rates leave out the first second, where more came. */
export class BitrateMeter {
	readonly #all = new Flow();
	readonly #later = new Flow();
	#firstUs: number | undefined;

	add({bytes, arrivalUs}: {bytes: number; arrivalUs: number}): void {
		this.#firstUs ??= arrivalUs;
		this.#all.add(bytes, arrivalUs);
		if (arrivalUs - this.#firstUs >= burstUs) this.#later.add(bytes, arrivalUs);
	}

	read(): BitrateFigures {
		return {
			bytes: this.#all.bytes,
			bps: this.#later.bps ?? this.#all.bps,
			peakBps: this.#later.peakBps ?? this.#all.peakBps,
		};
	}
}

const windowUs = 1_000_000;

class Flow {
	bytes = 0;
	peakBps: number | null = null;
	#firstUs: number | undefined;
	#lastUs = 0;
	#windowFromUs = 0;
	#windowBytes = 0;

	add(bytes: number, arrivalUs: number): void {
		if (this.#firstUs === undefined) this.#firstUs = this.#windowFromUs = arrivalUs;
		if (arrivalUs - this.#windowFromUs >= windowUs) this.#closeWindow(arrivalUs);
		this.bytes += bytes;
		this.#windowBytes += bytes;
		this.#lastUs = arrivalUs;
	}

	get bps(): number | null {
		const spanUs = this.#lastUs - (this.#firstUs ?? 0);
		return spanUs > 0 ? Math.round((this.bytes * 8e6) / spanUs) : null;
	}

	#closeWindow(arrivalUs: number): void {
		this.peakBps = Math.max(this.peakBps ?? 0, (this.#windowBytes * 8e6) / windowUs);
		this.#windowBytes = 0;
		this.#windowFromUs += Math.floor((arrivalUs - this.#windowFromUs) / windowUs) * windowUs;
	}
}
