// What a file that is being saved must not do to a server that runs: open it to everybody.
import {MediaError} from '../errors.ts';
import type {Config} from './schema.ts';

type Loaded = {text: string | undefined; config: Config};

/** Throws a MediaError when `after` is what a file looks like that was emptied, or lost its users, on its way. */
export function checkReload(before: Loaded, after: Loaded): void {
	if (isBlank(after.text) && !isBlank(before.text))
		throw refused('expected a key, the file is empty; an empty file is taken at a start only');
	if (after.config.authInternalUsers.length === 0 && before.config.authInternalUsers.length > 0)
		throw refused(
			'authInternalUsers: expected a user, nobody would have to log in any more; that is taken at a start only, or say it: [{user: any, permissions: [...]}]',
		);
}

const refused = (reason: string) => new MediaError('CONFIG_INVALID', reason, {problems: [reason]});

/** Nothing but comments and the marks of a document. */
const isBlank = (text = ''): boolean =>
	text.split('\n').every(line => /^(?:#.*|---|\.\.\.)?$/.test(line.trim()));
