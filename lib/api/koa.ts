// A table of routes served by Koa: whose requests are allowed, what their errors become.
import Router from '@koa/router';
import Koa from 'koa';
import type {Context, Middleware, Next} from 'koa';
import {MediaError, toMediaError} from '../errors.ts';
import {basicChallenge, errorBody, statusOf} from '../http/errors.ts';
import {decodePath} from '../http/handler.ts';
import type {HttpHandler, HttpLogger} from '../http/handler.ts';
import {readBody} from './body.ts';
import {guard} from './guard.ts';
import type {GuardConfig} from './guard.ts';
import {parsePaging} from './page.ts';
import type {Endpoint, RouteInput} from './route.ts';

export type RouterOptions<Services> = {
	name: string;
	routes: readonly Endpoint<Services>[];
	services: Services;
	/** Who may ask; asked anew each time. */
	access: () => GuardConfig;
	/** Texts that never change, by their paths. */
	documents?: Readonly<Record<string, string>>;
	/** Where to read what there is. */
	help: string;
	/** False: the next handler may have the request. */
	isOurs: (path: string) => boolean;
	logger: HttpLogger;
};

/** Serves a table of routes. */
export const createRouter = <Services>(options: RouterOptions<Services>): HttpHandler => {
	const callback = createApp(options).callback();
	return {
		name: options.name,
		handle: (request, response, url) => {
			if (!options.isOurs(url.pathname)) return false;
			// Koa reads the target anew; the dispatcher's reading of it counts.
			request.url = url.pathname + url.search;
			void callback(request, response);
			return true;
		},
	};
};

const createApp = <Services>(options: RouterOptions<Services>): Koa => {
	const {routes, documents = {}, help, logger} = options;
	const app = new Koa();
	const router = new Router();
	for (const route of routes)
		router[route.method](routerPath(route), context => run(route, options, context));
	for (const [path, text] of Object.entries(documents)) addDocument(router, path, text);
	app.on('error', (error: NodeJS.ErrnoException) => {
		if (!isHangUp(error)) logger.error({err: error}, 'request failed');
	});
	app.use(answerErrors(logger));
	app.use(router.routes());
	app.use(refuseUnknown(router, help));
	return app;
};

/** Whoever reads an answer that goes on and on leaves at some time. */
const isHangUp = ({code}: NodeJS.ErrnoException): boolean =>
	code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE';

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
			if (error.kind === 'unauthenticated') context.set('www-authenticate', basicChallenge);
			// The rest of a body that nobody reads would be taken for the next request.
			if (!context.req.complete) context.set('connection', 'close');
			context.status = statusOf(error);
			context.body = errorBody(error);
		}
	};

const run = async <Services>(
	route: Endpoint<Services>,
	{services, access}: RouterOptions<Services>,
	context: Context,
): Promise<void> => {
	const isChange = route.method !== 'get';
	if (route.action) await guard(context.req, {action: route.action, isChange}, access());
	const output = await route.handle(await readInput(route, context), services);
	if (route.contentType) context.type = route.contentType;
	context.body = output;
};

const readInput = async (
	route: Omit<Endpoint<never>, 'handle'>,
	context: Context,
): Promise<RouteInput> => {
	const url = new URL(`http://localhost${context.req.url ?? '/'}`);
	return {
		name: route.path.endsWith('{name}') ? nameOf(route.path, url) : '',
		...(route.isList ? parsePaging(url.searchParams) : {page: 0, itemsPerPage: 100}),
		body: route.body ? await readBody(context.req) : {},
	};
};

/** What follows the route's own segments; `a/b` and `a%2Fb` are the same name. */
const nameOf = (path: string, url: URL): string => {
	const name = decodePath(url)
		?.slice(path.split('/').length - 2)
		.join('/');
	if (name) return name;
	throw new MediaError('API_INVALID', 'Expected the name of a path at the end of the URL');
};

const routerPath = ({path}: {path: string}): string => path.replace('{name}', '*name');

const addDocument = (router: Router, path: string, text: string): void => {
	router.get(path, context => {
		context.type = 'application/json';
		context.body = text;
	});
};

const refuseUnknown =
	(router: Router, help: string): Middleware =>
	(context: Context) => {
		const {path, method} = context;
		const allowed = router
			.match(path, method)
			.path.flatMap(layer => layer.methods)
			.filter((name, index, all) => all.indexOf(name) === index);
		if (allowed.length === 0)
			throw new MediaError('API_NOT_FOUND', `Nothing is served at ${path}, ${help}`);
		context.set('allow', allowed.join(', '));
		throw new MediaError(
			'API_METHOD_UNSUPPORTED',
			`Expected ${allowed.join(' or ')} for ${path}, got ${method}`,
		);
	};
