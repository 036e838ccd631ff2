import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {loadConfig} from '../../lib/config/load.ts';
import {MediaError} from '../../lib/errors.ts';

/** The configuration of a YAML text that is called `test.yml` in messages. */
export const load = (text: string, env: Record<string, string> = {}) =>
	loadConfig({file: 'test.yml', text, env});

/** What is wrong with a YAML text, line by line; nothing when it is taken. */
export function problemsOf(text: string, env: Record<string, string> = {}): string[] {
	try {
		load(text, env);
		return [];
	} catch (error) {
		if (error instanceof MediaError && error.code === 'CONFIG_INVALID')
			return error.message.split('\n');
		throw error;
	}
}

/** A file of this content in a fresh folder. */
export function writeConfig(t: ExecutionContext, text: string): {file: string; folder: string} {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	const file = join(folder, 'sluice.yml');
	writeFileSync(file, text);
	return {file, folder};
}
