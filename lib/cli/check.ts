import {checkCertificates} from '../config/certificates.ts';
import {ConfigStore} from '../config/store.ts';
import {toMediaError} from '../errors.ts';
import {say} from './say.ts';

/**
 * `sluice check FILE`: says everything that is wrong or not supported in the file, in what the API keeps
 * beside it, and in the certificates that it names; the answer is the exit code.
 */
export const checkFile = async (file: string): Promise<number> => {
	try {
		const {config, warnings} = new ConfigStore({file, env: process.env});
		checkCertificates(config);
		const count = Object.keys(config.paths).length;
		const summary = `${file}: valid, ${count} ${count === 1 ? 'path' : 'paths'}`;
		await say(`${[...warnings.map(it => `warning: ${it}`), summary].join('\n')}\n`);
		return 0;
	} catch (error) {
		const {message, code} = toMediaError(error);
		process.stderr.write(`${message}\n`);
		return code === 'FILE_UNWRITABLE' ? 1 : 2;
	}
};
