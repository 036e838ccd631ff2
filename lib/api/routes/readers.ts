import type {Readable} from 'node:stream';
import type {ReaderFacts} from '../../media/reader-facts.ts';
import {paginate} from '../page.ts';
import {readerSchema, statsSchema} from '../reader-schemas.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf} from '../schemas.ts';

type Readers = {readers(): ReaderFacts[]; stats: {follow(): Readable}};

export const readerRoutes: Route[] = [
	{
		method: 'get',
		path: '/v3/readers/list',
		summary: 'Who reads, by whatever protocol, and what viewers say of themselves.',
		action: 'api',
		isList: true,
		output: listOf(readerSchema, 'ReaderList'),
		handle: async (input: Pick<RouteInput, 'page' | 'itemsPerPage'>, {readers}: Readers) =>
			paginate(readers(), input),
	},
	{
		method: 'get',
		path: '/v3/stats/events',
		summary: 'All that is going on, once a second, as Server-Sent Events of this JSON.',
		action: 'api',
		output: statsSchema,
		contentType: 'text/event-stream',
		handle: async (_: unknown, {stats}: Readers) => stats.follow(),
	},
];
