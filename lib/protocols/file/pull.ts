import {fileURLToPath} from 'node:url';
import {MediaError} from '../../errors.ts';
import {PipelineSource} from '../../media/pipeline-source.ts';
import type {OpenSource} from '../../media/source.ts';
import type {Native} from '../../native/native.ts';

/** Plays `file:///film.mp4` in real time, again and again. */
export const createFileSource =
	(native: Pick<Native, 'start'>): OpenSource =>
	({path, source}) =>
		new PipelineSource(native, {type: 'file', path, location: locationOf(source), loop: true});

const locationOf = (source: string): string => {
	try {
		return fileURLToPath(source);
	} catch (cause) {
		const message = 'Expected a file such as file:///var/film.mp4 as source';
		throw new MediaError('CONFIG_INVALID', message, {key: 'source', cause});
	}
};
