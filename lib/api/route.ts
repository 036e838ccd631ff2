import type {z} from 'zod';
import type {Services} from './services.ts';

/** What a handler gets: checked, without HTTP. */
export type RouteInput = {
	/** The path's name of routes that end with `{name}`; slashes are part of it. */
	name: string;
	page: number;
	itemsPerPage: number;
	body: Record<string, unknown>;
};

/** What a permission is asked for (`authInternalUsers`); none: open to everybody. */
export type RouteAction = 'api' | 'metrics' | undefined;

/** One row of a table that Koa serves. */
export type Endpoint<Of> = {
	method: 'get' | 'post' | 'patch' | 'delete';
	/** `{name}` at its end takes the rest of the URL. */
	path: string;
	action: RouteAction;
	/** A list: understands `page` and `itemsPerPage`. */
	isList?: boolean;
	/** What the body must be; none: no body is read. */
	body?: z.ZodType;
	/** A text is sent as this. */
	contentType?: string;
	handle(input: RouteInput, services: Of): Promise<unknown>;
};

/** One row of the API. */
export type Route = Endpoint<Services> & {
	summary: string;
	/** The body of 200. */
	output: z.ZodType;
};
