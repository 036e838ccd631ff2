// The description of the API in OpenAPI 3.1, made from the table of routes and their schemas.
import {z} from 'zod';
import type {Route} from './route.ts';
import {errorSchema} from './schemas.ts';

type Json = Record<string, unknown>;

/** The whole description; docs/reference/openapi.json is this. */
export const describeApi = (routes: readonly Route[]): Json => {
	const components: Json = {};
	const paths: Record<string, Json> = {};
	const schema = (type: z.ZodType) => addSchema(type, components);
	for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route, schema);
	return {
		openapi: '3.1.0',
		info: {
			title: 'Sluice',
			version: 'v3',
			description:
				'Shapes as in the API of MediaMTX where it has the same; further fields are ours.',
			license: {name: 'MIT', identifier: 'MIT'},
		},
		servers: [{url: '/'}],
		paths,
		components: {
			schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
			securitySchemes: {basic: {type: 'http', scheme: 'basic'}},
		},
	};
};

const operation = (route: Route, schema: (type: z.ZodType) => Json): Json => ({
	operationId: operationId(route.path),
	summary: route.summary,
	...(route.action && {security: [{}, {basic: []}]}),
	parameters: parameters(route),
	...(route.body && {
		requestBody: {required: true, content: {'application/json': {schema: schema(route.body)}}},
	}),
	responses: {
		200: {
			description: 'Done.',
			content: {[route.contentType ?? 'application/json']: {schema: schema(route.output)}},
		},
		default: {
			description: 'Refused, or failed.',
			content: {'application/json': {schema: schema(errorSchema)}},
		},
	},
});

const parameters = ({path, isList}: Route): Json[] => [
	...(path.endsWith('{name}')
		? [
				{
					name: 'name',
					in: 'path',
					required: true,
					description: 'Slashes in it may be written as they are.',
					schema: {type: 'string'},
				},
			]
		: []),
	...(isList
		? [
				query('page', 'Counted from 0.', {minimum: 0, default: 0}),
				query('itemsPerPage', 'Length of a page.', {minimum: 1, default: 100}),
			]
		: []),
];

const query = (name: string, description: string, limits: Json): Json => ({
	name,
	in: 'query',
	description,
	schema: {type: 'integer', ...limits},
});

/** `/v3/config/paths/get/{name}` is `configPathsGet`. */
const operationId = (path: string): string => {
	const words = path
		.split('/')
		.filter(word => word !== '' && word !== 'v3' && !word.startsWith('{'));
	return words
		.map((word, index) => (index === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
		.join('');
};

/** A schema in place, or a reference to its component when it has an id. */
const addSchema = (type: z.ZodType, components: Json): Json => {
	const {$schema: _, $defs, id, ...schema} = z.toJSONSchema(type, {unrepresentable: 'any'}) as Json;
	const text = (value: unknown) =>
		JSON.parse(JSON.stringify(value).replaceAll('#/$defs/', '#/components/schemas/')) as Json;
	for (const [name, inner] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
		const {id: __, ...rest} = inner;
		components[name] = text(rest);
	}
	if (typeof id !== 'string') return text(schema);
	components[id] = text(schema);
	return {$ref: `#/components/schemas/${id}`};
};
