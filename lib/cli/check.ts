import {loadConfig} from '../config/load.ts';
import {toMediaError} from '../errors.ts';

/** `sluice check FILE`: says everything that is wrong or not supported; the answer is the exit code. */
export const checkFile = (file: string): number => {
	try {
		const {config, warnings} = loadConfig({file, env: process.env});
		for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
		const count = Object.keys(config.paths).length;
		process.stdout.write(`${file}: valid, ${count} ${count === 1 ? 'path' : 'paths'}\n`);
		return 0;
	} catch (error) {
		process.stderr.write(`${toMediaError(error).message}\n`);
		return 2;
	}
};
