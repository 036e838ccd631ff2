import {checkCertificates} from '../config/certificates.ts';
import {ConfigStore} from '../config/store.ts';
import {toMediaError} from '../errors.ts';

/**
 * `sluice check FILE`: says everything that is wrong or not supported in the file, in what the API keeps
 * beside it, and in the certificates that it names; the answer is the exit code.
 */
export const checkFile = (file: string): number => {
	try {
		const {config, warnings} = new ConfigStore({file, env: process.env});
		checkCertificates(config);
		for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
		const count = Object.keys(config.paths).length;
		process.stdout.write(`${file}: valid, ${count} ${count === 1 ? 'path' : 'paths'}\n`);
		return 0;
	} catch (error) {
		process.stderr.write(`${toMediaError(error).message}\n`);
		return 2;
	}
};
