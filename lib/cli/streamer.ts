// `streamer`: one stream from one place to another, on the command line.
import {toMediaError} from '../errors.ts';
import {parseArguments, usage} from '../streamer/arguments.ts';
import type {StreamerOptions} from '../streamer/options.ts';
import {Signals} from '../streamer/signals.ts';
import {visible} from '../util/visible.ts';
import {say} from './say.ts';
import {packageVersion} from './version.ts';

const run = async (args: readonly string[]): Promise<number> => {
	const order = parseArguments(args);
	switch (order.type) {
		case 'help':
			return tell(usage);
		case 'version':
			return tell(`streamer ${packageVersion()}`);
		case 'wrong':
			process.stderr.write(`streamer: ${visible(order.reason)}; streamer --help says more\n`);
			return 2;
		case 'stream':
			return stream(order.options);
		default:
			return order satisfies never;
	}
};

const tell = async (text: string): Promise<number> => {
	await say(`${text}\n`);
	return 0;
};

const stream = async (options: StreamerOptions): Promise<number> => {
	const signals = new Signals(process);
	// Loaded here only: help needs none of it.
	const {operate} = await import('../streamer/operate.ts');
	return operate(options, signals);
};

const runOrComplain = async (args: readonly string[]): Promise<number> => {
	try {
		return await run(args);
	} catch (error) {
		process.stderr.write(`streamer: ${visible(toMediaError(error).message)}\n`);
		return 1;
	}
};

// A terminal that is gone must not end us before all is completed.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.exit(await runOrComplain(process.argv.slice(2)));
