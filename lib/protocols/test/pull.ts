import {MediaError} from '../../errors.ts';
import {PipelineSource} from '../../media/pipeline-source.ts';
import type {OpenSource} from '../../media/source.ts';
import type {Native} from '../../native/native.ts';
import {parseTestSource} from './options.ts';

/** Makes the moving picture of `test:`, with its running time and a tone. */
export const createTestSource =
	(native: Pick<Native, 'start'>): OpenSource =>
	({path, source}) => {
		const options = parseTestSource(source);
		if (options.ok) return new PipelineSource(native, {type: 'test', path, ...options.value});
		throw new MediaError('CONFIG_INVALID', `Source test: ${options.reason}`, {key: 'source'});
	};
