import {EventEmitter} from 'node:events';
import type {ExecutionContext} from 'ava';
import {MediaError} from '../../lib/errors.ts';
import type {PipelineStats, RelayInput, TrackInfo} from '../../lib/native/binding.ts';
import type {PipelineEvents} from '../../lib/native/native.ts';
import type {InputEvents, StreamerInput} from '../../lib/streamer/input.ts';
import {checkOptions} from '../../lib/streamer/options.ts';
import type {StreamerOptions} from '../../lib/streamer/options.ts';
import type {OutputEvents, StreamerOutput} from '../../lib/streamer/output.ts';
import {noStats} from '../../lib/native/pipeline-stats.ts';
import {Streamer} from '../../lib/streamer/streamer.ts';
import type {RelayRecipe} from '../../lib/streamer/run.ts';
import {manualClock, settle} from './manual-clock.ts';

/** A relay whose fate the test decides. */
export class ScriptedRelay extends EventEmitter<PipelineEvents> {
	static #lastId = 0;
	readonly id = ++ScriptedRelay.#lastId;
	readonly calls: string[] = [];
	readonly recipe: RelayRecipe;
	written = noStats;
	#stopped = false;

	constructor(recipe: RelayRecipe) {
		super();
		this.recipe = recipe;
	}

	stats(): PipelineStats | undefined {
		return this.#stopped ? undefined : this.written;
	}

	play(): void {
		this.calls.push('play');
	}

	pause(): void {
		this.calls.push('pause');
	}

	finish(): void {
		this.calls.push('finish');
	}

	stop(): void {
		this.calls.push('stop');
		queueMicrotask(() => this.#stop());
	}

	/** Media flows, so many seconds of it so far; `film`: up to there. */
	write(seconds: number, film = seconds): void {
		this.written = {
			...{positionUs: seconds * 1e6, bytes: seconds * 1e5, frames: seconds * 25},
			...{keyFrames: Math.max(1, seconds), droppedFrames: 0, filmUs: film * 1e6},
		};
	}

	begin(lengthUs = 0): void {
		this.emit('plan', {
			tracks: [{kind: 'video', from: 'H264', to: 'H264', transcoded: false}],
			live: true,
			lengthUs,
		});
		this.emit('state', this.recipe.paused ? 'paused' : 'playing');
	}

	fail(side: 'input' | 'output' | '', code = 'RTMP_CONNECT', message = 'Connection refused'): void {
		this.emit('failed', {type: 'failed', id: this.id, code, message, detail: '', side});
	}

	/** Its input is gone, and its file can be completed. */
	loseInput(code: string, message: string): void {
		this.emit('inputLost', {type: 'inputLost', id: this.id, code, message, detail: ''});
	}

	#stop(): void {
		if (this.#stopped) return;
		this.#stopped = true;
		this.emit('stopped');
	}
}

class ScriptedInput extends EventEmitter<InputEvents> implements StreamerInput {
	readonly tracks: readonly TrackInfo[] = [];
	readonly startsOver = true;
	isClosed = false;

	async close(): Promise<void> {
		this.isClosed = true;
	}
}

class ScriptedOutput extends EventEmitter<OutputEvents> implements StreamerOutput {
	readonly recipe;
	readonly canGoOn: boolean;
	readonly finishMs = 5000;
	/** `true` for every end that was whole. */
	readonly ends: boolean[] = [];
	hasBegun = false;

	constructor(canGoOn: boolean) {
		super();
		this.canGoOn = canGoOn;
		this.recipe = canGoOn
			? ({type: 'rtmp', url: 'rtmp://server/live/secret'} as const)
			: ({type: 'file', format: 'ts', location: '/a.ts.part'} as const);
	}

	open(): void {}

	begin(): void {
		this.hasBegun = true;
	}

	async close(isWhole: boolean): Promise<string | undefined> {
		this.ends.push(isWhole);
		return isWhole || this.canGoOn ? undefined : 'a part stays';
	}
}

export const gone = new MediaError('RTSP_LOST', 'Camera hung up');

/** A streamer on a clock turned by hand, with relays that do what the test says. */
export const startScripted = async (
	t: ExecutionContext,
	{
		input = 'film.mp4',
		output = 'rtmp://server/live/secret',
		...more
	}: Partial<StreamerOptions> = {},
	relayInput: RelayInput = {type: 'uri', uri: 'file:///film.mp4', live: false},
) => {
	const order = checkOptions({input, output, ...more});
	if (!order.ok) throw new Error(order.reason);
	const clock = manualClock();
	const relays: ScriptedRelay[] = [];
	const source = new ScriptedInput();
	const sink = new ScriptedOutput(!output.includes('.ts'));
	const state = {released: 0};
	const streamer = new Streamer({
		order: order.value,
		start: recipe => {
			const relay = new ScriptedRelay(recipe);
			relays.push(relay);
			return relay;
		},
		openInput: () => source,
		output: sink,
		release: () => state.released++,
		clock,
		random: () => 0,
	});
	const told: string[] = [];
	streamer.on('state', name => told.push(name));
	streamer.on('plan', text => told.push(text));
	streamer.on('lost', ({message}) => told.push(`lost: ${message}`));
	streamer.on('back', () => told.push('back'));
	await streamer.open();
	t.teardown(async () => {
		streamer.removeAllListeners();
		void streamer.exit();
		await clock.pass(100_000);
	});
	return {
		streamer,
		clock,
		source,
		sink,
		relays,
		told,
		state,
		relay: () => relays.at(-1)!,
		/** The input is there and media flows. */
		begin: async () => {
			source.emit('ready', relayInput);
			relays.at(-1)!.begin();
			relays.at(-1)!.write(1);
			await settle();
		},
	};
};
