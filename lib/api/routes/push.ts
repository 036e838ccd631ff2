import {MediaError} from '../../errors.ts';
import type {PathPushFacts} from '../../media/push-facts.ts';
import {paginate} from '../page.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf} from '../schemas.ts';
import {pathPushSchema} from '../session-schemas.ts';

type Pushes = {
	pushes: {list(): PathPushFacts[]; get(name: string): PathPushFacts | undefined};
};

export const pushRoutes: Route[] = [
	{
		method: 'get',
		path: '/v3/paths/push/list',
		summary: 'Paths that are sent elsewhere, and how each of their destinations fares.',
		action: 'api',
		isList: true,
		output: listOf(pathPushSchema, 'PathPushList'),
		handle: async (input: Pick<RouteInput, 'page' | 'itemsPerPage'>, {pushes}: Pushes) =>
			paginate(pushes.list(), input),
	},
	{
		method: 'get',
		path: '/v3/paths/push/get/{name}',
		summary: 'The destinations of one path.',
		action: 'api',
		output: pathPushSchema,
		handle: async ({name}: Pick<RouteInput, 'name'>, {pushes}: Pushes) => {
			const found = pushes.get(name);
			if (found) return found;
			throw new MediaError('PATH_NOT_FOUND', `Path ${name} is sent nowhere`, {path: name});
		},
	},
];
