import {MediaError} from '../errors.ts';

/**
 * Writes to standard output. A reader that has seen enough (head, less) is no failure; a disk that is full is one:
 * FILE_UNWRITABLE.
 */
export const say = async (text: string): Promise<void> => {
	const error = await new Promise<NodeJS.ErrnoException | null | undefined>(resolve => {
		process.stdout.write(text, resolve);
	});
	if (!error || error.code === 'EPIPE') return;
	throw new MediaError('FILE_UNWRITABLE', `Standard output cannot be written: ${error.message}`);
};
