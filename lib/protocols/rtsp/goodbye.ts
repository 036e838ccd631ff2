export type GoodbyeOptions = {
	/** Of RTP, that have come so far. */
	packets: () => number;
	/** It is gone. */
	onMeant: () => void;
};

/** Whether a peer that said goodbye (RTCP BYE) is gone: it may end its sources and begin others, which a moment tells. */
export class Goodbye {
	readonly #options: GoodbyeOptions;
	#timer: NodeJS.Timeout | undefined;

	constructor(options: GoodbyeOptions) {
		this.#options = options;
	}

	said(): void {
		const {packets, onMeant} = this.#options;
		const before = packets();
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			if (packets() === before) onMeant();
		}, patienceMs);
	}

	/** May be called twice. */
	close(): void {
		clearTimeout(this.#timer);
	}
}

/** How long nothing comes behind a goodbye that was meant. */
const patienceMs = 1000;
