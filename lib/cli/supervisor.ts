import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import type {Logger} from 'pino';

/** Pauses before a server that crashed is started again; they grow while it crashes soon after its start. */
const firstPauseMs = 250;
const longestPauseMs = 15_000;
/** A server that has run for so long did not crash at once. */
const steadyMs = 10_000;
/** Nothing could be started: a wrong configuration, an address that is taken. */
const refusedCode = 2;

const passedOn = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const ending: readonly string[] = ['SIGTERM', 'SIGINT'];

export type SupervisorOptions = {
	command: string;
	args: readonly string[];
	logger: Logger;
};

/**
 * Runs the server as a child, and again whenever it crashes; signals are passed on. Resolves with the exit
 * code when the server ends by itself, is asked to, or could not start the first time.
 */
export const supervise = async (options: SupervisorOptions): Promise<number> => {
	const supervisor = new Supervisor(options);
	for (const signal of passedOn) process.on(signal, () => supervisor.signal(signal));
	return supervisor.run();
};

type End = {code: number | null; signal: NodeJS.Signals | null; ranMs: number};

class Supervisor {
	readonly #options: SupervisorOptions;
	#child: ChildProcess | undefined;
	#crashes = 0;
	#isEnding = false;
	#wake = (): void => {};

	constructor(options: SupervisorOptions) {
		this.#options = options;
	}

	signal(signal: NodeJS.Signals): void {
		if (ending.includes(signal)) this.#isEnding = true;
		if (this.#child) this.#child.kill(signal);
		else if (this.#isEnding) this.#wake();
	}

	async run(): Promise<number> {
		for (let runs = 1; ; runs++) {
			const end = await this.#runOnce();
			if (end.code === 0 || (end.code === refusedCode && runs === 1)) return end.code;
			if (this.#isEnding) return end.code ?? 1;
			await this.#pause(end);
			if (this.#isEnding) return 0;
		}
	}

	async #runOnce(): Promise<End> {
		const {command, args} = this.#options;
		const startedMs = performance.now();
		// The channel tells the child when its supervisor is gone.
		this.#child = spawn(command, args, {stdio: ['inherit', 'inherit', 'inherit', 'ipc']});
		try {
			const [code, signal] = (await once(this.#child, 'exit')) as [number | null, End['signal']];
			return {code, signal, ranMs: performance.now() - startedMs};
		} finally {
			this.#child = undefined;
		}
	}

	async #pause({code, signal, ranMs}: End): Promise<void> {
		if (ranMs >= steadyMs) this.#crashes = 0;
		const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(this.#crashes++, 16), longestPauseMs);
		const cause = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
		this.#options.logger.error(
			`server ${cause} after ${Math.round(ranMs / 1000)} s, it is started again in ${pauseMs} ms`,
		);
		await new Promise<void>(resolve => {
			const timer = setTimeout(resolve, pauseMs);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}
}
