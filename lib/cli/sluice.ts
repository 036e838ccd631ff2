// `sluice`: the server on the command line. The parent stays behind as supervisor, the child serves.
import {existsSync} from 'node:fs';
import {isSourceArgument} from '../config/from-urls.ts';
import {createLogger} from '../observe/logger.ts';
import {parseArguments, usage} from './arguments.ts';
import type {Order} from './arguments.ts';
import {visible} from '../util/visible.ts';
import {supervise} from './supervisor.ts';
import {packageVersion} from './version.ts';

const run = async (order: Order): Promise<number | undefined> => {
	switch (order.type) {
		case 'help':
			return tell(usage, 0);
		case 'version':
			return tell(`sluice ${packageVersion()}`, 0);
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

const tell = (text: string, code: number): number => {
	process.stdout.write(`${text}\n`);
	return code;
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
