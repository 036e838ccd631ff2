import {MediaError} from '../../errors.ts';
import type {PathFacts} from '../../media/facts.ts';
import {paginate} from '../page.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf, pathSchema} from '../schemas.ts';
import type {PathView} from '../types.ts';

type PathLister = {paths: {list(): PathFacts[]}};
type PathFinder = {paths: {get(name: string): PathFacts | undefined}};

/** All paths by name, one page of them. */
export const listPaths = async (
	input: Pick<RouteInput, 'page' | 'itemsPerPage'>,
	{paths}: PathLister,
) =>
	paginate(
		paths
			.list()
			.sort((a, b) => (a.name < b.name ? -1 : 1))
			.map(viewOf),
		input,
	);

/** One path. */
export const getPath = async ({name}: Pick<RouteInput, 'name'>, {paths}: PathFinder) => {
	const path = paths.get(name);
	if (!path) throw new MediaError('PATH_NOT_FOUND', `Path ${name} does not exist`, {path: name});
	return viewOf(path);
};

export const pathRoutes: Route[] = [
	{
		method: 'get',
		path: '/v3/paths/list',
		summary: 'All paths: those that are configured, and those that somebody uses.',
		action: 'api',
		isList: true,
		output: listOf(pathSchema, 'PathList'),
		handle: listPaths,
	},
	{
		method: 'get',
		path: '/v3/paths/get/{name}',
		summary: 'One path.',
		action: 'api',
		output: pathSchema,
		handle: getPath,
	},
];

const viewOf = (path: PathFacts): PathView => ({
	...path,
	available: path.ready,
	availableTime: path.readyTime,
	online: path.ready,
	onlineTime: path.readyTime,
	inboundBytes: path.bytesReceived,
	outboundBytes: path.bytesSent,
	inboundFramesInError: path.lostPackets,
});
