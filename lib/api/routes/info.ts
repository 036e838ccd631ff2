import type {Route} from '../route.ts';
import {infoSchema} from '../schemas.ts';

export const infoRoutes: Route[] = [
	{
		method: 'get',
		path: '/v3/info',
		summary: 'Version of the server, and since when it runs.',
		action: 'api',
		output: infoSchema,
		handle: async (_, services) => services.info(),
	},
];
