import type {MediaError} from '../errors.ts';
import type {PathState} from './facts.ts';

/** What has happened to a path: what its facts tell, and what decides whether it has failed. */
export class PathHistory {
	/** Since when readers have been served without a stop. */
	readySince: Date | undefined;
	/** How often the source was lost and came back. */
	reconnects = 0;
	/** Failed tries since the source was started. */
	triesFailed = 0;
	/** Why the last try is over, until one delivers. */
	lastError: MediaError | undefined;
	#isLost = false;

	/** The path is in this state from now on. */
	enter(state: PathState, now: number): void {
		if (state === 'ready') {
			if (this.#isLost) this.reconnects++;
			this.readySince ??= new Date(now);
		} else if (state !== 'reconnecting' && state !== 'paused') {
			this.readySince = undefined;
		}
		if (state === 'reconnecting') this.#isLost = true;
		else if (state !== 'failed') this.#isLost = false;
	}
}
