// What the names of a client stand for: `rtmp://host/app/name?user=x&pass=y` is the path `app/name`.

export type RtmpTarget = {
	path: string;
	/** Of the application and of the name, without `?`. */
	query: string;
};

/** Encoders put the query behind the application (OBS) or behind the name (ffmpeg). */
export const targetOf = (application: string, name: string): RtmpTarget => {
	const [app, appQuery] = split(application);
	const [own, ownQuery] = split(name);
	return {
		path: [app, own].filter(part => part !== '').join('/'),
		query: [appQuery, ownQuery].filter(part => part !== '').join('&'),
	};
};

/** `Authorization` as HTTP would have it; undefined: nobody in particular. */
export const authorizationOf = (query: string): string | undefined => {
	const values = new URLSearchParams(query);
	const user = values.get('user');
	if (user === null) return undefined;
	const pass = values.get('pass') ?? '';
	return `Basic ${Buffer.from(`${user}:${pass}`).toString('base64')}`;
};

const split = (text: string): [name: string, query: string] => {
	const mark = text.indexOf('?');
	const name = mark < 0 ? text : text.slice(0, mark);
	// What stands between slashes; tried once for each run of them.
	return [name.split('/').filter(Boolean).join('/'), mark < 0 ? '' : text.slice(mark + 1)];
};
