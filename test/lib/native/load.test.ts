import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {MediaError} from '../../../lib/errors.ts';
import {loadAddon} from '../../../lib/native/load.ts';

const loadFrom = (t: ExecutionContext, file: string): MediaError => {
	process.env['SLUICE_ADDON'] = file;
	t.teardown(() => delete process.env['SLUICE_ADDON']);
	return t.throws(() => loadAddon(), {instanceOf: MediaError, code: 'NATIVE_LOAD'});
};

test.serial('an addon that is not there is told with the command that builds it', t => {
	const error = loadFrom(t, '/nowhere/sluice.node');
	t.regex(error.message, /Expected the native addon at \/nowhere\/sluice\.node.*`make build`/);
	t.is(error.context['file'], '/nowhere/sluice.node');
});

test.serial('an addon that does not load is told with what to install', t => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const file = join(folder, 'sluice.node');
	writeFileSync(file, 'no library');

	const error = loadFrom(t, file);
	t.regex(
		error.message,
		/build\/setup\.sh runtime.*gstreamer1\.0-plugins-base.*gstreamer1\.0-libav/,
	);
	t.true(error.cause instanceof Error);
});
