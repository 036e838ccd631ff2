import Router from '@koa/router';
import Koa from 'koa';
import type {Context, Middleware, Next} from 'koa';
import {MediaError, toMediaError} from '../errors.ts';
import {errorBody, statusOf} from '../http/errors.ts';
import type {HttpHandler, HttpLogger} from '../http/handler.ts';
import {decodePath} from '../http/handler.ts';
import {readBody} from './body.ts';
import {guard} from './guard.ts';
import {describeApi} from './openapi.ts';
import {parsePaging} from './page.ts';
import type {Route, RouteInput} from './route.ts';
import {routes} from './routes/table.ts';
import type {Services} from './services.ts';

export type ApiOptions = {services: Services; logger: HttpLogger};

/** Serves `/v3`, `/healthz`, `/readyz` and `/metrics`. */
export const createApi = (options: ApiOptions): HttpHandler => {
	const callback = createApp(options).callback();
	return {
		name: 'api',
		handle: (request, response, url) => {
			if (!isOurs(url.pathname, options.services)) return false;
			// Koa reads the target anew; the dispatcher's reading of it counts.
			request.url = url.pathname + url.search;
			void callback(request, response);
			return true;
		},
	};
};

const isOurs = (path: string, {config: {config}}: Services): boolean =>
	((path === '/v3' || path.startsWith('/v3/')) && config.api) ||
	(path === '/metrics' && config.metrics) ||
	path === '/healthz' ||
	path === '/readyz';

const createApp = ({services, logger}: ApiOptions): Koa => {
	const app = new Koa();
	const router = new Router();
	for (const route of routes)
		router[route.method](routerPath(route), context => run(route, services, context));
	addDescription(router);
	app.on('error', (error: unknown) => logger.error({err: error}, 'request failed'));
	app.use(answerErrors(logger));
	app.use(router.routes());
	app.use(refuseUnknown(router));
	return app;
};

/** The one place where an error becomes an answer. */
const answerErrors =
	(logger: HttpLogger): Middleware =>
	async (context: Context, next: Next) => {
		context.set('cache-control', 'no-store');
		try {
			await next();
		} catch (thrown) {
			const error = toMediaError(thrown);
			if (error.kind === 'internal') logger.error({err: thrown}, 'request failed');
			if (error.kind === 'unauthenticated')
				context.set('www-authenticate', 'Basic realm="sluice", charset="UTF-8"');
			// The rest of a body that nobody reads would be taken for the next request.
			if (!context.req.complete) context.set('connection', 'close');
			context.status = statusOf(error);
			context.body = errorBody(error);
		}
	};

const run = async (route: Route, services: Services, context: Context): Promise<void> => {
	const isChange = route.method !== 'get';
	if (route.action) guard(context.req, {action: route.action, isChange}, services.config.config);
	const output = await route.handle(await readInput(route, context), services);
	if (route.contentType) context.type = route.contentType;
	context.body = output;
};

const readInput = async (route: Route, context: Context): Promise<RouteInput> => {
	const url = new URL(`http://localhost${context.req.url ?? '/'}`);
	return {
		name: route.path.endsWith('{name}') ? nameOf(route, url) : '',
		...(route.isList ? parsePaging(url.searchParams) : {page: 0, itemsPerPage: 100}),
		body: route.body ? await readBody(context.req) : {},
	};
};

/** What follows the route's own segments; `a/b` and `a%2Fb` are the same name. */
const nameOf = ({path}: Route, url: URL): string => {
	const name = decodePath(url)
		?.slice(path.split('/').length - 2)
		.join('/');
	if (name) return name;
	throw new MediaError('API_INVALID', 'Expected the name of a path at the end of the URL');
};

const routerPath = ({path}: Route): string => path.replace('{name}', '*name');

const addDescription = (router: Router): void => {
	const description = JSON.stringify(describeApi(routes));
	router.get('/v3/openapi.json', context => {
		context.type = 'application/json';
		context.body = description;
	});
};

const refuseUnknown =
	(router: Router): Middleware =>
	(context: Context) => {
		const {path, method} = context;
		const allowed = router
			.match(path, method)
			.path.flatMap(layer => layer.methods)
			.filter((name, index, all) => all.indexOf(name) === index);
		if (allowed.length === 0)
			throw new MediaError('API_NOT_FOUND', `Nothing is served at ${path}, see /v3/openapi.json`);
		context.set('allow', allowed.join(', '));
		throw new MediaError(
			'API_METHOD_UNSUPPORTED',
			`Expected ${allowed.join(' or ')} for ${path}, got ${method}`,
		);
	};
