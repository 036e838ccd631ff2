import {existing, missing} from '../existing.ts';
import {paginate} from '../page.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf, okSchema} from '../schemas.ts';
import type {Services} from '../services.ts';

type Paging = Pick<RouteInput, 'page' | 'itemsPerPage'>;
type Named = Pick<RouteInput, 'name'>;

export type ConnectionRoutesOptions<Connection extends {id: string}> = {
	/** As it stands in the path: `rtsp`, `rtmps`. */
	scheme: string;
	schema: Parameters<typeof listOf>[0];
	/** Of the list in the description of the API. */
	listName: string;
	/** Whom a kick hangs up on: `client`. */
	kicked: string;
	connectionsOf: (services: Services) => Connection[];
	view: (connection: Connection) => unknown;
	kick: (services: Services, id: string) => boolean;
};

/** `list`, `get` and `kick` of the connections of a protocol. */
export const connectionRoutes = <Connection extends {id: string}>({
	scheme,
	schema,
	listName,
	kicked,
	connectionsOf,
	view,
	kick,
}: ConnectionRoutesOptions<Connection>): Route[] => {
	const title = scheme.toUpperCase();
	return [
		{
			method: 'get',
			path: `/v3/${scheme}conns/list`,
			summary: `Connections of ${title} clients.`,
			action: 'api',
			isList: true,
			output: listOf(schema, listName),
			handle: async (input: Paging, services: Services) =>
				paginate(connectionsOf(services).map(view), input),
		},
		{
			method: 'get',
			path: `/v3/${scheme}conns/get/{name}`,
			summary: `One connection of ${title} by its id.`,
			action: 'api',
			output: schema,
			handle: async ({name}: Named, services: Services) =>
				view(existing('connection', connectionsOf(services), name)),
		},
		{
			method: 'post',
			path: `/v3/${scheme}conns/kick/{name}`,
			summary: `Hangs up on a ${kicked} of ${title}.`,
			action: 'api',
			output: okSchema,
			handle: async ({name}: Named, services: Services) => {
				existing('connection', connectionsOf(services), name);
				if (!kick(services, name)) throw missing('connection', name);
				return {status: 'ok'};
			},
		},
	];
};
