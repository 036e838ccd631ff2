import {formatGlobalConfig, formatPathConfig} from '../../config/form.ts';
import type {Config, Origin, PathConfig} from '../../config/schema.ts';
import {hideSecrets} from '../../config/secrets.ts';
import {MediaError} from '../../errors.ts';
import {paginate} from '../page.ts';
import type {Route, RouteInput} from '../route.ts';
import {listOf, okSchema, pathConfigBody, pathConfigSchema} from '../schemas.ts';
import {z} from 'zod';
import type {ConfigAccess, ConfigRequest} from '../services.ts';

type Holder = {config: Pick<ConfigAccess, 'config'>};
type Changer = {config: Pick<ConfigAccess, 'changePath'>};

/** The entries of `paths`, with `***` for passwords. */
export const listPathConfigs = async (
	input: Pick<RouteInput, 'page' | 'itemsPerPage'>,
	{config: {config}}: Holder,
) => {
	const names = Object.keys(config.paths).sort();
	const {items, ...counts} = paginate(names, input);
	return {...counts, items: items.map(name => viewOf(config, name))};
};

/** One entry of `paths`. */
export const getPathConfig = async (
	{name}: Pick<RouteInput, 'name'>,
	{config: {config}}: Holder,
) => {
	if (!Object.hasOwn(config.paths, name))
		throw new MediaError('PATH_NOT_FOUND', `Path ${name} is not configured`, {path: name});
	return viewOf(config, name);
};

/** A change of one entry of `paths`. */
export const changePathConfig =
	(type: ConfigRequest['type']) =>
	async ({name, body}: Pick<RouteInput, 'name' | 'body'>, {config}: Changer) => {
		// What a `get` gave may be written back as it is.
		const {name: _, origin: __, ...keys} = body;
		config.changePath(type === 'delete' ? {type, name} : {type, name, config: keys});
		return {status: 'ok'};
	};

const changeRoute = (
	method: Route['method'],
	type: ConfigRequest['type'],
	summary: string,
): Route => ({
	method,
	path: `/v3/config/paths/${type}/{name}`,
	summary,
	action: 'api',
	...(type !== 'delete' && {body: pathConfigBody}),
	output: okSchema,
	handle: changePathConfig(type),
});

export const configRoutes: Route[] = [
	{
		method: 'get',
		path: '/v3/config/global/get',
		summary: 'The keys of the configuration outside of `paths`, with `***` for passwords.',
		action: 'api',
		output: z.record(z.string(), z.unknown()).meta({id: 'GlobalConf'}),
		handle: async (_, {config: {config}}) => hideSecrets(formatGlobalConfig(config)),
	},
	{
		method: 'get',
		path: '/v3/config/pathdefaults/get',
		summary: 'What holds for every path that does not say otherwise.',
		action: 'api',
		output: pathConfigSchema,
		handle: async (_, {config: {config}}) => hideSecrets(formatPathConfig(config.pathDefaults)),
	},
	{
		method: 'get',
		path: '/v3/config/paths/list',
		summary: 'The entries of `paths`, with `***` for passwords.',
		action: 'api',
		isList: true,
		output: listOf(pathConfigSchema, 'PathConfList'),
		handle: listPathConfigs,
	},
	{
		method: 'get',
		path: '/v3/config/paths/get/{name}',
		summary: 'One entry of `paths`.',
		action: 'api',
		output: pathConfigSchema,
		handle: getPathConfig,
	},
	changeRoute('post', 'add', 'Adds a path.'),
	changeRoute('patch', 'patch', 'Changes some keys of a path.'),
	changeRoute(
		'post',
		'replace',
		'Puts other keys in the place of all of a path; adds it when there is none.',
	),
	changeRoute('delete', 'delete', 'Takes a path out of the configuration.'),
];

const viewOf = (config: Config, name: string) => ({
	name,
	origin: config.origins[name] satisfies Origin | undefined,
	...hideSecrets(formatPathConfig(config.paths[name] as PathConfig)),
});
