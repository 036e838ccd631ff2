import {existing, missing} from '../existing.ts';
import {paginate} from '../page.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf, okSchema} from '../schemas.ts';
import type {Services} from '../services.ts';

type Paging = Pick<RouteInput, 'page' | 'itemsPerPage'>;
type Named = Pick<RouteInput, 'name'>;

export type ClientRoutesOptions<Item extends {id: string}> = {
	/** `/v3/rtspconns`. */
	path: string;
	kind: Parameters<typeof existing>[0];
	/** Of list, get and kick in the description of the API. */
	summaries: readonly [string, string, string];
	schema: Parameters<typeof listOf>[0];
	/** Of the list in the description of the API. */
	listName: string;
	itemsOf: (services: Services) => Item[];
	view: (item: Item) => unknown;
	kick: (services: Services, id: string) => boolean;
};

/** `list`, `get` and `kick` of the connections or the sessions of a protocol. */
export const clientRoutes = <Item extends {id: string}>({
	path,
	kind,
	summaries: [listed, got, kicked],
	schema,
	listName,
	itemsOf,
	view,
	kick,
}: ClientRoutesOptions<Item>): Route[] => [
	{
		method: 'get',
		path: `${path}/list`,
		summary: listed,
		action: 'api',
		isList: true,
		output: listOf(schema, listName),
		handle: async (input: Paging, services: Services) =>
			paginate(itemsOf(services).map(view), input),
	},
	{
		method: 'get',
		path: `${path}/get/{name}`,
		summary: got,
		action: 'api',
		output: schema,
		handle: async ({name}: Named, services: Services) =>
			view(existing(kind, itemsOf(services), name)),
	},
	{
		method: 'post',
		path: `${path}/kick/{name}`,
		summary: kicked,
		action: 'api',
		output: okSchema,
		handle: async ({name}: Named, services: Services) => {
			existing(kind, itemsOf(services), name);
			if (!kick(services, name)) throw missing(kind, name);
			return {status: 'ok'};
		},
	},
];

/** By MediaMTX's present and former names. */
export const connectionView = <Facts extends {bytesReceived: number; bytesSent: number}>(
	facts: Facts,
): Facts & {inboundBytes: number; outboundBytes: number} => ({
	...facts,
	inboundBytes: facts.bytesReceived,
	outboundBytes: facts.bytesSent,
});
