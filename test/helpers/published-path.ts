import type {ExecutionContext} from 'ava';
import {MediaError} from '../../lib/errors.ts';
import type {PathSettings} from '../../lib/media/path-settings.ts';
import {place, publisher, startPath} from './path.ts';

/** A path that waits for a publisher, on a clock turned by hand. */
export const startPublished = (
	t: ExecutionContext,
	changes: Partial<PathSettings> = {},
	isPassing = false,
) => {
	const started = startPath(t, place({source: 'publisher', ...changes}, isPassing));
	const {path, send} = started;
	return {
		...started,
		/** Comes in and sends a key frame. */
		async publish(name: string) {
			path.publish(publisher(name));
			await send();
		},
		leave: (name: string) =>
			path.unpublish(name, new MediaError('RTSP_LOST', 'Connection was closed')),
	};
};

/** Pictures that are no key frames come once a second. */
export const flow = async (
	{clock, streams}: Pick<ReturnType<typeof startPublished>, 'clock' | 'streams'>,
	seconds: number,
) => {
	for (let second = 0; second < seconds; second++) {
		await clock.pass(1000);
		streams.at(-1)?.takeFrame({key: false});
	}
};
