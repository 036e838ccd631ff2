export type BitrateFigures = {
	bytes: number;
	/** Mean over all packets; null where they came all at once. */
	bps: number | null;
	/** Of the whole second with the most; null where there was none. */
	peakBps: number | null;
};

const windowUs = 1_000_000;

/** Bytes of RTP packets over the time in which they arrived. */
export class BitrateMeter {
	#bytes = 0;
	#firstUs: number | undefined;
	#lastUs = 0;
	#windowFromUs = 0;
	#windowBytes = 0;
	#peakBytes: number | null = null;

	add({bytes, arrivalUs}: {bytes: number; arrivalUs: number}): void {
		if (this.#firstUs === undefined) this.#firstUs = this.#windowFromUs = arrivalUs;
		if (arrivalUs - this.#windowFromUs >= windowUs) this.#closeWindow(arrivalUs);
		this.#bytes += bytes;
		this.#windowBytes += bytes;
		this.#lastUs = arrivalUs;
	}

	read(): BitrateFigures {
		const spanUs = this.#lastUs - (this.#firstUs ?? 0);
		return {
			bytes: this.#bytes,
			bps: spanUs > 0 ? Math.round((this.#bytes * 8e6) / spanUs) : null,
			peakBps: this.#peakBytes === null ? null : (this.#peakBytes * 8e6) / windowUs,
		};
	}

	#closeWindow(arrivalUs: number): void {
		this.#peakBytes = Math.max(this.#peakBytes ?? 0, this.#windowBytes);
		this.#windowBytes = 0;
		this.#windowFromUs += Math.floor((arrivalUs - this.#windowFromUs) / windowUs) * windowUs;
	}
}
