// `sluice`: the server on the command line. The parent stays behind as supervisor, the child serves.
import {existsSync} from 'node:fs';
import {isSourceArgument} from '../config/from-urls.ts';
import {toMediaError} from '../errors.ts';
import {createLogger} from '../observe/logger.ts';
import {parseArguments, usage} from './arguments.ts';
import type {Order} from './arguments.ts';
import {visible} from '../util/visible.ts';
import {say} from './say.ts';
import {supervise} from './supervisor.ts';
import {packageVersion} from './version.ts';

const run = async (order: Order): Promise<number | undefined> => {
	switch (order.type) {
		case 'help':
			return tell(usage);
		case 'version':
			return tell(`sluice ${packageVersion()}`);
		case 'wrong':
			process.stderr.write(`sluice: ${visible(order.reason)}; sluice --help says more\n`);
			return 2;
		case 'check':
			return (await import('./check.ts')).checkFile(order.file);
		case 'inspect':
			return (await import('./inspect.ts')).inspect(order);
		case 'serve':
			if (order.isSupervised) return supervise(superviseOptions());
			// Loaded here only: a supervisor needs none of it.
			return (await import('./serve.ts')).serve(order);
		default:
			return order satisfies never;
	}
};

const tell = async (text: string): Promise<number> => {
	try {
		await say(`${text}\n`);
		return 0;
	} catch (error) {
		process.stderr.write(`sluice: ${toMediaError(error).message}\n`);
		return 1;
	}
};

const superviseOptions = () => ({
	command: process.execPath,
	args: [...process.execArgv, ...process.argv.slice(1), '--no-supervisor'],
	logger: createLogger({level: 'info'}),
});

// Whoever reads no more of what is said (head) changes nothing about the end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const order = parseArguments(process.argv.slice(2), {
	isSource: isSourceArgument,
	isFile: existsSync,
});
const code = await run(order);
if (code !== undefined) process.exitCode = code;
