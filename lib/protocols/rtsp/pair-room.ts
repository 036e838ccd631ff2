import {MediaError} from '../../errors.ts';
import {filesFor} from '../../util/open-files.ts';

/** For the sockets of all publishers over UDP: cameras and files are not to go without because of them. */
export class PairRoom {
	readonly #most: number;
	#taken = 0;

	constructor(most = usualMost()) {
		this.#most = most;
	}

	/** Throws RTSP_NO_PORTS. */
	take(): void {
		if (this.#taken >= this.#most)
			throw new MediaError(
				'RTSP_NO_PORTS',
				`Expected at most ${this.#most} pairs of UDP ports for publishers, because this process may open no more files`,
			);
		this.#taken++;
	}

	giveBack(pairs: number): void {
		this.#taken -= pairs;
	}
}

/** Two sockets each. */
const usualMost = (): number => Math.floor(filesFor('publisherPorts') / 2);
