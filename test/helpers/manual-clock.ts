import type {Clock} from '../../lib/media/clock.ts';

export type ManualClock = Clock & {
	/** Turns the hands: fires what is due, in order, with microtasks in between. */
	pass(ms: number): Promise<void>;
	/** How many timers wait. */
	readonly pending: number;
};

/** A clock that stands still until a test turns it. */
export const manualClock = (startMs = 1_000_000): ManualClock => {
	const timers = new Set<{atMs: number; fire: () => void}>();
	let nowMs = startMs;
	return {
		now: () => nowMs,
		setTimer(ms, fire) {
			const timer = {atMs: nowMs + ms, fire};
			timers.add(timer);
			return () => timers.delete(timer);
		},
		get pending() {
			return timers.size;
		},
		async pass(ms) {
			const endMs = nowMs + ms;
			await settle();
			for (;;) {
				const [next] = [...timers].sort((a, b) => a.atMs - b.atMs);
				if (!next || next.atMs > endMs) break;
				timers.delete(next);
				nowMs = Math.max(nowMs, next.atMs);
				next.fire();
				await settle();
			}
			nowMs = endMs;
		},
	};
};

/** Lets everything happen that waits for microtasks only. */
export const settle = async (): Promise<void> => {
	await new Promise(resolve => setImmediate(resolve));
};
