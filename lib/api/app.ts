import type {HttpHandler, HttpLogger} from '../http/handler.ts';
import {createRouter} from './koa.ts';
import {describeApi} from './openapi.ts';
import {routes} from './routes/table.ts';
import type {Services} from './services.ts';

export type ApiOptions = {services: Services; logger: HttpLogger};

/** Serves `/v3`, `/healthz`, `/readyz` and `/metrics`. */
export const createApi = ({services, logger}: ApiOptions): HttpHandler =>
	createRouter({
		name: 'api',
		routes,
		services,
		access: () => ({...services.config.config, gatekeeper: services.gatekeeper}),
		documents: {'/v3/openapi.json': JSON.stringify(describeApi(routes))},
		help: 'see /v3/openapi.json',
		isOurs: path => isOurs(path, services),
		logger,
	});

const isOurs = (path: string, {config: {config}}: Services): boolean =>
	((path === '/v3' || path.startsWith('/v3/')) && config.api) ||
	(path === '/metrics' && config.metrics) ||
	path === '/healthz' ||
	path === '/readyz';
