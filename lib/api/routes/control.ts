import type {Route, RouteInput} from '../route.ts';
import {okSchema} from '../schemas.ts';

type Word = 'play' | 'pause' | 'exit';
type PathSteerer = {paths: Record<Word, (name: string) => void>};

/** Does to a path what one of the three words means. */
export const steerPath =
	(word: Word) =>
	async ({name}: Pick<RouteInput, 'name'>, {paths}: PathSteerer) => {
		paths[word](name);
		return {status: 'ok'};
	};

const summaries: Record<Word, string> = {
	play: 'Goes on at the next key frame after `pause`; starts the source again after `exit`.',
	pause: 'Takes no more media; readers stay.',
	exit: 'Stops the source until `play`.',
};

export const controlRoutes: Route[] = (['play', 'pause', 'exit'] as const).map(word => ({
	method: 'post',
	path: `/v3/paths/${word}/{name}`,
	summary: summaries[word],
	action: 'api',
	output: okSchema,
	handle: steerPath(word),
}));
