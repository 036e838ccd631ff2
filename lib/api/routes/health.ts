import {z} from 'zod';
import {MediaError} from '../../errors.ts';
import type {Route} from '../route.ts';
import {okSchema} from '../schemas.ts';

export const healthRoutes: Route[] = [
	{
		method: 'get',
		path: '/healthz',
		summary: 'The server lives.',
		action: undefined,
		output: okSchema,
		handle: async () => ({status: 'ok'}),
	},
	{
		method: 'get',
		path: '/readyz',
		summary: 'The server takes readers: 200, else 503.',
		action: undefined,
		output: okSchema,
		handle: async (_, services) => {
			if (!services.isReady())
				throw new MediaError('SERVER_NOT_READY', 'The server is starting or ending');
			return {status: 'ok'};
		},
	},
	{
		method: 'get',
		path: '/metrics',
		summary: 'Figures for Prometheus.',
		action: 'metrics',
		output: z.string(),
		contentType: 'text/plain; version=0.0.4; charset=utf-8',
		handle: async (_, services) => services.metrics.render(),
	},
];
